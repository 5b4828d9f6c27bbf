/** Colors by hand and of another picture, on the page. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { rgbToLab } from "../../src/color/lab.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { addWebPage } from "../../src/serve/web_page.ts";
import { choose, pageTest, settled } from "./page_in_browser.ts";

void addWebPage; // the page under test

/** Where a person who wants to look at the page has it drawn. */
const screenshots = Deno.env.get("SCREENSHOTS");

/** a*, b* of what is shown in color, in 70 x 50 pixels. */
async function shownAb(page: Page): Promise<Float32Array> {
  const rgba = await page.locator("#after").evaluate(async (image) => {
    // deno-lint-ignore no-explicit-any -- the page's own names
    const { document } = globalThis as any;
    await (image as unknown as { decode(): Promise<void> }).decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [70, 50];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 70, 50);
    return [...context.getImageData(0, 0, 70, 50).data] as number[];
  });
  return rgbToLab(Uint8Array.from(rgba), 4).ab;
}

/** A picture of one hue, a* = b*, in several lightnesses. */
async function warmPicture(name: string) {
  const image = new Image(80, 60);
  for (let at = 0; at < 80 * 60; at++) {
    const gray = 90 + at % 80;
    image.bitmap.set([gray + 60, gray - 10, gray - 50, 255], 4 * at);
  }
  const file = await encodeImage(image, { format: "png" });
  return { name, mimeType: "image/png", buffer: Buffer.from(file) };
}

pageTest(
  "points spread by lightness, over the model's colors or alone",
  async ({ page, forms }) => {
    await choose(page, "a.jpg");
    await settled(page);
    const network = await shownAb(page);
    await page.locator("#source").selectOption("geodesic");
    await settled(page);
    assertEquals(await shownAb(page), network, "without a point nothing changes");
    await page.locator("#compare").click({ position: { x: 105, y: 75 } });
    await page.locator(".swatch").first().waitFor();
    await page.locator("#own").fill("#d02010");
    await settled(page);
    const { timeout: _, image, points, ...asked } = forms.at(-1)!;
    assertEquals([image, JSON.parse(points!)[0].color], ["a file", "#d02010"]);
    assertEquals(asked, {
      ...{ model: "palette", vividness: "0.5", method: "geodesic", keep_rest: "true" },
      format: "jpeg",
    });
    const [corner, corrected] = [2 * (49 * 70 + 69), await shownAb(page)];
    assertEquals(corrected[corner], network[corner], "the rest stays");
    assertNotEquals(corrected, network);

    await page.locator("#keep-rest").uncheck();
    await settled(page);
    const { model, vividness, method } = forms.at(-1)!;
    assertEquals([model, vividness, method], [undefined, undefined, "geodesic"]);
    for (const id of ["#vividness", "#model", "#size", "#others"]) {
      assert(await page.locator(id).isDisabled(), id);
    }
    const ab = await shownAb(page);
    assert(ab[corner]! > 20 && ab[corner + 1]! > 10, `red everywhere: ${ab[corner]}`);
  },
);

pageTest("without a point there are no colors by hand, which the page says", async ({ page }) => {
  await choose(page, "a.jpg");
  await settled(page);
  await page.locator("#source").selectOption("optimization");
  await page.locator("#keep-rest").uncheck();
  await page.locator("#after").waitFor({ state: "hidden" });
  assertStringIncludes(await page.locator("#status").innerText(), "Click a spot");
  await page.locator("#save").click();
  await page.locator("#message:not([hidden])").waitFor();
  assertStringIncludes(await page.locator("#message").innerText(), "Click a spot to give it");
  await page.locator("#compare").click({ position: { x: 100, y: 80 } });
  await page.locator("#after:not([hidden])").waitFor();
  await settled(page);
  await page.locator("#source").selectOption("network");
  await settled(page);
  assert(await page.locator("#keep-rest").isHidden());
});

pageTest("another picture gives its colors, in both ways", async ({ page, forms }) => {
  await choose(page, "a.jpg");
  await settled(page);
  await page.locator("#source").selectOption("features");
  await page.locator("#after").waitFor({ state: "hidden" });
  assertEquals(await page.locator("#status").innerText(), "Choose the other picture");
  assert(await page.locator("#points").isHidden() && await page.locator("#hint").isHidden());
  await page.locator("#reference").setInputFiles([await warmPicture("warm.png")] as never);
  for (const source of ["features", "welsh"]) {
    await page.locator("#source").selectOption(source);
    await page.locator("#after:not([hidden])").waitFor();
    await settled(page);
    const { reference, transfer, model, points, vividness } = forms.at(-1)!;
    assertEquals([reference, transfer, points, vividness], [
      ...["a file", source, undefined, undefined],
    ]);
    assertEquals(model, source === "features" ? "palette" : undefined);
    const ab = await shownAb(page);
    const warm = ab.filter((value) => value > 5).length / ab.length;
    assert(warm > 0.9, `${source}: ${warm}`);
  }
  assertEquals(await page.locator("#reference-name").innerText(), "warm.png");
  assert(await page.locator("#reference-shown").isVisible());
  if (screenshots) await page.screenshot({ path: `${screenshots}/welsh.png`, fullPage: true });
  const bad = { name: "bad.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
  await page.locator("#reference").setInputFiles([bad] as never);
  await page.locator("#message:not([hidden])").waitFor();
  assertStringIncludes(await page.locator("#message").innerText(), "bad.png");
  assertEquals(await page.locator("#reference-name").innerText(), "warm.png");
  // A gray one has nothing to give: the server says so.
  await page.locator("#reference").setInputFiles([await grayFile()] as never);
  await page.locator("#message", { hasText: "the reference must have colors" }).waitFor();
});

pageTest("a reference is taken by the picture that it was chosen for", async ({ page }) => {
  await choose(page, "a.jpg", "b.jpg");
  await settled(page);
  await page.locator("#source").selectOption("welsh");
  // b.jpg is left at once, before its reference is read.
  await page.locator("#reference").setInputFiles([await warmPicture("warm.png")] as never);
  await page.locator("#pictures button", { hasText: "a.jpg" }).click();
  assertEquals(await page.locator("#source").inputValue(), "network");
  assertEquals(await page.locator("#reference-name").textContent(), "");
  await page.locator("#pictures button", { hasText: "b.jpg" }).click();
  await page.locator("#after:not([hidden])").waitFor();
  await settled(page);
  assertEquals(await page.locator("#reference-name").innerText(), "warm.png");
  const ab = await shownAb(page);
  assert(ab.every((value) => value > 0), "b.jpg is as warm as its reference");
});

async function grayFile() {
  const file = await encodeImage(new Image(40, 30).fill(0x808080ff), { format: "png" });
  return { name: "gray.png", mimeType: "image/png", buffer: Buffer.from(file) };
}
