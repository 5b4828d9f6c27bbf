/** The page in a browser, over a service with a small palette. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import type { Page } from "playwright-core";
import { startBackend } from "../../src/backend/start.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { createApp } from "../../src/serve/app.ts";
import { createService } from "../../src/serve/service.ts";
import { makePaletteFolder } from "../colorize/palette_model.ts";
import { type BrowserPage, browserTest } from "../browser.ts";

interface OpenPage extends BrowserPage {
  origin: string;
  requests: string[];
}

/** Registers a test with the page open. */
function pageTest(name: string, fn: (open: OpenPage) => Promise<void>): void {
  browserTest(name, async (browser) => {
    const backend = await startBackend("wasm");
    const modelsDir = await makePaletteFolder();
    const service = createService({
      ...{ modelsDir, defaultModel: "palette", limits: {}, processes: 1 },
      startDevice: () => Promise.resolve(backend),
    });
    const app = createApp({ service, maxBodyBytes: 1e7 });
    const server = Deno.serve({ port: 0, onListen: () => {} }, app.fetch);
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const requests: string[] = [];
    browser.page.on("request", (request) => requests.push(request.url()));
    try {
      await service.started;
      await browser.page.goto(origin);
      await browser.page.locator("html[data-ready]").waitFor();
      await fn({ ...browser, origin, requests });
      // A change gives up what was asked for before it.
      const given = `failed: ${origin}/v1/colorize`;
      assertEquals(browser.problems.filter((problem) => problem !== given), []);
    } finally {
      await service.stop();
      await server.shutdown();
      await Deno.remove(modelsDir, { recursive: true });
    }
  });
}

/** A picture with shapes, as a file for an input. */
async function pictureFile(name: string, width = 700, height = 500) {
  const image = new Image(width, height);
  for (let i = 0; i < width * height; i++) {
    const gray = (Math.floor(i / width / 50) + Math.floor((i % width) / 70)) % 2 === 0 ? 90 : 180;
    image.bitmap.set([gray, gray, gray, 255], 4 * i);
  }
  const file = await encodeImage(image, { format: "jpeg" });
  return { name, mimeType: "image/jpeg", buffer: file as unknown as never };
}

async function choose(page: Page, ...names: string[]): Promise<void> {
  const files = await Promise.all(names.map((name) => pictureFile(name)));
  await page.locator("#files").setInputFiles(files);
  await page.locator("#after:not([hidden])").waitFor();
}

/** Waits until everything asked for is there. */
async function settled(page: Page): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await page.locator("#status").textContent() === "") return;
    await page.waitForTimeout(50);
  }
  throw new Error(`the page is still ${await page.locator("#status").textContent()}`);
}

pageTest("a picture that is chosen is shown in color, at full size soon", async (open) => {
  const { page, origin, requests } = open;
  await choose(page, "a.jpg");
  await settled(page);
  const size = await page.locator("#after").evaluate((image) => {
    const { naturalWidth, naturalHeight } = image as unknown as Record<string, number>;
    return [naturalWidth, naturalHeight];
  });
  assertEquals(size, [700, 500]);
  assertEquals(await page.locator("#editor-title").innerText(), "a.jpg");
  assertStringIncludes(await page.locator("#drop").innerText(), "keeps none");
  const foreign = requests.filter((url) => !url.startsWith(origin) && !/^(blob|data):/.test(url));
  assertEquals(foreign, []);
});

pageTest(
  "a click gives a point its likeliest color, which can be changed, undone, removed",
  async ({ page }) => {
    await choose(page, "a.jpg");
    await settled(page);
    const before = await page.locator("#after").getAttribute("src");
    await page.locator("#compare").click({ position: { x: 100, y: 80 } });
    await page.locator(".swatch").first().waitFor();
    await settled(page);
    assert(await page.locator("#after").getAttribute("src") !== before);
    const label = () => page.locator(".point").first().getAttribute("aria-label");
    const first = await label();
    await page.locator(".swatch").nth(1).click();
    await settled(page);
    assert(await label() !== first);
    await page.locator("#undo").click();
    assertEquals(await label(), first);
    await page.locator(".point").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    assertEquals(await page.locator(".point").count(), 0);
  },
);
