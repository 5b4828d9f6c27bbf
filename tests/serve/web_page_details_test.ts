/** What first users of the page stumbled over. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { addWebPage } from "../../src/serve/web_page.ts";
import { choose, pageTest, pictureFile, settled } from "./page_in_browser.ts";

void addWebPage; // the page under test

const shown = (page: Page) => page.locator("#after").getAttribute("src");

pageTest("a model that takes no points gets none, and shows no vividness", async ({ page }) => {
  await choose(page, "a.jpg");
  await settled(page);
  await page.locator("#compare").click({ position: { x: 100, y: 80 } });
  await page.locator(".swatch").first().waitFor();
  await settled(page);
  const before = await shown(page);
  await page.locator("#model").selectOption("gray");
  await settled(page);
  assertNotEquals(await shown(page), before);
  await page.locator("#compare").click({ position: { x: 50, y: 50 } });
  assert(await page.locator("#palette").isHidden() && await page.locator("#hint").isHidden());
  for (const id of ["#vividness", "#add", "#others"]) {
    assert(await page.locator(id).isDisabled(), id);
  }
  await page.locator("#model").selectOption("palette");
  await settled(page);
  assertEquals(await page.locator(".point").count(), 1);
});

pageTest("pictures that come before the list of models wait for it", async ({ page }) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await page.route("**/models", async (route) => {
    asked.resolve();
    await answer.promise;
    await route.continue();
  });
  await page.reload();
  await asked.promise;
  await page.locator("#files").setInputFiles([await pictureFile("a.jpg")] as never);
  await page.waitForTimeout(100);
  assertEquals(await page.locator("#pictures li").count(), 0);
  answer.resolve();
  await page.locator("#after:not([hidden])").waitFor();
  assertEquals(await page.locator("#pictures li").count(), 1);
  await settled(page);
});

pageTest(
  "the colors of a spot are in sight, and a finger scrolls over the picture",
  async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 700 });
    await choose(page, "a.jpg");
    await settled(page);
    await page.locator("#compare").click({ position: { x: 100, y: 80 } });
    await page.locator(".swatch").first().waitFor();
    const box = (await page.locator("#palette").boundingBox())!;
    assert(box.y >= 0 && box.y + box.height <= 701, JSON.stringify(box));
    const spot = (await page.locator(".point").boundingBox())!;
    assert(spot.y >= 0 && spot.y + spot.height <= box.y, "the palette hides the spot");
    const touch = (selector: string) =>
      page.locator(selector).evaluate((element) => {
        // deno-lint-ignore no-explicit-any -- the page's own names
        return (globalThis as any).getComputedStyle(element).touchAction;
      });
    assertEquals([await touch("#compare"), await touch(".point")], ["pan-y pinch-zoom", "none"]);
  },
);

pageTest("a point is opened, colored and left by the keyboard", async ({ page }) => {
  await choose(page, "a.jpg");
  await settled(page);
  await page.locator("#add").click();
  await page.locator(".swatch").first().waitFor();
  await settled(page);
  await page.locator("#close").click();
  const focused = () =>
    page.locator(":focus").evaluate((element) => {
      const { id, className } = element as unknown as { id: string; className: string };
      return id || className;
    });
  assertEquals(await focused(), "point");
  await page.keyboard.press("Enter");
  assertEquals(await focused(), "palette");
  await page.locator(".swatch").first().waitFor();
  await page.keyboard.press("Tab");
  assertEquals(await focused(), "swatch");
  await page.keyboard.press("Escape");
  assertEquals([await focused(), await page.locator("#palette").isHidden()], ["point", true]);
});

pageTest("the page fits a phone with the models that come with it", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await choose(page, "a.jpg");
  await settled(page);
  for (const source of ["network", "geodesic", "welsh"]) {
    await page.locator("#source").selectOption(source);
    await settled(page).catch(() => {}); // a reference is asked for
    const overflow = await page.locator("html").evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as Record<string, number>;
      return scrollWidth! - clientWidth!;
    });
    assertEquals(overflow, 0, source);
  }
}, { modelsDir: new URL("../../models", import.meta.url).pathname });

pageTest("a TIFF is shown and colorized, though the browser cannot read it", async ({ page }) => {
  const raw = { width: 60, height: 40, channels: 1 } as const;
  const tiff = await sharp(new Uint8Array(2400).fill(120), { raw }).tiff().toBuffer();
  const file = { name: "scan.tif", mimeType: "image/tiff", buffer: tiff };
  await page.locator("#files").setInputFiles([file as never]);
  await page.locator("#editor-title", { hasText: "scan.tif" }).waitFor();
  await page.locator("#after:not([hidden])").waitFor();
  await settled(page);
  const width = await page.locator("#before").evaluate((image) => {
    return (image as unknown as { naturalWidth: number }).naturalWidth;
  });
  assertEquals(width, 60);
});

pageTest("a picture is removed, and the next one is open", async ({ page }) => {
  await choose(page, "a.jpg", "b.jpg");
  await settled(page);
  await page.locator("#discard").click();
  assertEquals(await page.locator("#editor-title").innerText(), "a.jpg");
  assertEquals(await page.locator("#pictures li").count(), 1);
  await page.locator("#discard").click();
  assert(await page.locator("#editor").isHidden());
});

pageTest("a server that wants a token is given it", async ({ page }) => {
  const files = [await pictureFile("a.jpg")];
  await page.locator("#files").setInputFiles(files as never);
  await page.locator("#message", { hasText: "Bearer" }).waitFor();
  await page.locator("#token").fill("wrong");
  await page.locator("#access button").click();
  await page.locator("#message", { hasText: "Bearer" }).waitFor();
  await page.locator("#token").fill("secret");
  await page.locator("#access button").click();
  await page.locator("#after:not([hidden])").waitFor();
  assert(await page.locator("#access").isHidden() && await page.locator("#message").isHidden());
}, { guards: { tokens: ["secret"] } });
