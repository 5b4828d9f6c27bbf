/** The page in a browser, over a service with a small palette. */
import { assertEquals } from "@std/assert";
import { Image } from "imagescript";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { startBackend } from "../../src/backend/start.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { createApp } from "../../src/serve/app.ts";
import type { GuardOptions } from "../../src/serve/guards.ts";
import { createService } from "../../src/serve/service.ts";
import { makePaletteFolder } from "../colorize/palette_model.ts";
import { type BrowserPage, browserTest } from "../browser.ts";

/** The page, where it is, and everything that it has asked for. */
export interface OpenPage extends BrowserPage {
  origin: string;
  requests: string[];
  /** Fields of what `/v1/colorize` was asked for, "a file" for each picture. */
  forms: Record<string, string>[];
}

/**
 * Registers a test with the page open.
 * @param options.modelsDir A small palette of random weights, and gray, when left out.
 */
export function pageTest(
  name: string,
  fn: (open: OpenPage) => Promise<void>,
  { modelsDir: given, guards = {} }: { modelsDir?: string; guards?: GuardOptions } = {},
): void {
  browserTest(name, async (browser) => {
    const backend = await startBackend("wasm");
    const modelsDir = given ?? await makePaletteFolder();
    const service = createService({
      ...{ modelsDir, defaultModel: "palette", limits: {}, processes: 1 },
      startDevice: () => Promise.resolve(backend),
    });
    const app = createApp({ service, maxBodyBytes: 1e7, guards });
    const forms: OpenPage["forms"] = [];
    const server = Deno.serve({ port: 0, onListen: () => {} }, async (request) => {
      if (request.url.endsWith("/v1/colorize")) forms.push(await fieldsOf(request.clone()));
      return await app.fetch(request);
    });
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const requests: string[] = [];
    browser.page.on("request", (request) => requests.push(request.url()));
    try {
      await service.started;
      await browser.page.goto(origin);
      await browser.page.locator("html[data-ready]").waitFor();
      await fn({ ...browser, origin, requests, forms });
      // A change gives up what was asked for before it.
      const given = `failed: ${origin}/v1/colorize`;
      // A picture or a token that the server refuses is said on the page.
      const refused = /^Failed to load resource: the server responded with a status of 4\d\d /;
      const left = browser.problems.filter((text) => text !== given && !refused.test(text));
      assertEquals(left, []);
    } finally {
      await service.stop();
      await server.shutdown();
      if (!given) await Deno.remove(modelsDir, { recursive: true });
    }
  });
}

async function fieldsOf(request: Request): Promise<Record<string, string>> {
  const form = await request.formData();
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, typeof value === "string" ? value : "a file"]),
  );
}

/** A picture with shapes, as a file for an input. */
export async function pictureFile(name: string, width = 700, height = 500) {
  const image = new Image(width, height);
  for (let i = 0; i < width * height; i++) {
    const gray = (Math.floor(i / width / 50) + Math.floor((i % width) / 70)) % 2 === 0 ? 90 : 180;
    image.bitmap.set([gray, gray, gray, 255], 4 * i);
  }
  const file = await encodeImage(image, { format: "jpeg" });
  return { name, mimeType: "image/jpeg", buffer: Buffer.from(file) };
}

export async function choose(page: Page, ...names: string[]): Promise<void> {
  await chooseFiles(page, await Promise.all(names.map((name) => pictureFile(name))));
}

/** Waits until the last one is shown in color. */
export async function chooseFiles(
  page: Page,
  files: Awaited<ReturnType<typeof pictureFile>>[],
): Promise<void> {
  await page.locator("#files").setInputFiles(files as never);
  await page.locator("#pictures li").nth(files.length - 1).waitFor();
  await page.locator("#after:not([hidden])").waitFor();
}

/** Waits until everything asked for is there. */
export async function settled(page: Page): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await page.locator("#status").textContent() === "") return;
    await page.waitForTimeout(50);
  }
  throw new Error(`the page is still ${await page.locator("#status").textContent()}`);
}
