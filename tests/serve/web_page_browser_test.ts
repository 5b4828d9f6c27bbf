import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { unzipSync } from "fflate";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { decodeImage } from "../../src/image/decode.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { addWebPage } from "../../src/serve/web_page.ts";
import { Hono } from "hono";
import type { AppEnv } from "../../src/serve/telemetry.ts";
import { choose, chooseFiles, pageTest, pictureFile, settled } from "./page_in_browser.ts";

Deno.test("GET / answers browsers with the page and programs with text", async () => {
  const app = new Hono<AppEnv>();
  addWebPage(app, { text: "routes" });
  const page = await app.request("/", { headers: { accept: "text/html,*/*;q=0.8" } });
  assertStringIncludes(await page.text(), "<title>Polychromify</title>");
  assertEquals(page.headers.get("vary"), "Accept");
  assertEquals(await (await app.request("/", { headers: { accept: "*/*" } })).text(), "routes");
});

const shown = (page: Page) => page.locator("#after").getAttribute("src");

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

pageTest("every picture is colorized, and the list tells how far each is", async ({ page }) => {
  await choose(page, "a.jpg", "b.jpg", "c.jpg");
  await settled(page);
  await page.locator("#pictures button", { hasText: "done" }).nth(2).waitFor();
  assertEquals(await page.locator("#pictures button", { hasText: "working" }).count(), 0);
});

pageTest(
  "vividness, model and detail act at once, on the picture that is open",
  async ({ page }) => {
    await choose(page, "a.jpg", "b.jpg");
    await settled(page);
    assertEquals(await page.locator("#editor-title").innerText(), "b.jpg");
    for (const change of ["vividness", "size"]) {
      const before = await shown(page);
      if (change === "vividness") await page.locator("#vividness").fill("1");
      else await page.locator("#size").selectOption("0.5");
      await settled(page);
      assertNotEquals(await shown(page), before, change);
    }
    await page.locator("#pictures button").first().click();
    assertEquals(await page.locator("#editor-title").innerText(), "a.jpg");
    assertEquals(await page.locator("#vividness").inputValue(), "0.5");
    assertEquals(await page.locator("#model option").allInnerTexts(), ["gray", "palette"]);
  },
);

pageTest("the slider compares with the picture as it is, by keyboard too", async ({ page }) => {
  await choose(page, "a.jpg");
  const clip = () =>
    page.locator("#after").evaluate((image) => {
      // deno-lint-ignore no-explicit-any -- the page's own names
      return (globalThis as any).getComputedStyle(image).clipPath;
    });
  const before = await clip();
  await page.locator("#split").focus();
  await page.keyboard.press("End");
  assertEquals(await page.locator("#split").inputValue(), "100");
  assertNotEquals(await clip(), before);
});

pageTest(
  "the picture is seen whole, or at its actual size, and points fit both",
  async ({ page }) => {
    await chooseFiles(page, [await pictureFile("large.jpg", 2000, 1500)]);
    await settled(page);
    const width = async () => (await page.locator("#after").boundingBox())!.width;
    assert(await width() < 1300);
    await page.locator("#zoom").click();
    assertEquals(Math.round(await width()), 2000);
    await page.locator("#stage").evaluate((stage) => {
      // deno-lint-ignore no-explicit-any -- the page's own names
      (stage as any).scrollTo(900, 700);
    });
    const boxes = (...places: string[]) =>
      Promise.all(places.map(async (place) => (await page.locator(place).boundingBox())!));
    const [stage, before] = await boxes("#stage", "#compare");
    await page.locator("#stage").click({ position: { x: 200, y: 100 } });
    await page.locator(".swatch").first().waitFor();
    // In the picture: the stage may scroll to keep the spot in sight.
    const [point, picture] = await boxes(".point", "#compare");
    const right = point!.x + point!.width / 2 - picture!.x - (stage!.x + 200 - before!.x);
    const down = point!.y + point!.height / 2 - picture!.y - (stage!.y + 100 - before!.y);
    assert(Math.abs(right) < 2 && Math.abs(down) < 2, `the point is ${right}, ${down} away`);
    await settled(page);
    await page.locator("#zoom").click();
    assert(await width() < 1300);
  },
);

pageTest(
  "other answers stand side by side, and the one that is picked is shown",
  async ({ page }) => {
    await choose(page, "a.jpg");
    await settled(page);
    const before = await shown(page);
    await page.locator("#others").click();
    await page.locator("#answers img").nth(1).waitFor();
    await page.locator("#answers button").nth(1).click();
    await settled(page);
    assertNotEquals(await shown(page), before);
    // What is downloaded is what was picked.
    const download = page.waitForEvent("download");
    await page.locator("#save").click();
    const saved = await Deno.readFile((await (await download).path())!);
    const picked = await page.locator("#after").evaluate((image) => {
      // deno-lint-ignore no-explicit-any -- the page's own names
      const canvas = (globalThis as any).document.createElement("canvas");
      [canvas.width, canvas.height] = [700, 500];
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return [...context.getImageData(0, 0, 700, 500).data] as number[];
    });
    const { bitmap } = await decodeImage(saved);
    const worst = picked.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - bitmap[i]!)),
      0,
    );
    assert(worst <= 3, `what is saved is another picture, by ${worst}`);
    assertEquals(await page.locator("#answers button").nth(1).getAttribute("aria-pressed"), "true");
  },
);

pageTest("a point is dragged, and recolored where it is put", async ({ page }) => {
  await choose(page, "a.jpg");
  await page.locator("#compare").click({ position: { x: 60, y: 60 } });
  await page.locator(".swatch").first().waitFor();
  await settled(page);
  const before = await shown(page);
  // In the picture: the page may scroll meanwhile.
  const place = async () => {
    const boxes = [".point", "#compare"].map((at) => page.locator(at).boundingBox());
    const [point, picture] = await Promise.all(boxes);
    return { x: point!.x - picture!.x, y: point!.y - picture!.y };
  };
  const from = await place();
  const box = (await page.locator(".point").boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 100, y + 50, { steps: 4 });
  await page.mouse.up();
  await settled(page);
  const to = await place();
  assert(Math.abs(to.x - from.x - 100) < 4 && Math.abs(to.y - from.y - 50) < 4);
  assertNotEquals(await shown(page), before);
});

/** Drops or pastes a file; runs in the page. */
function give(_: unknown, { kind, name, bytes }: { kind: string; name: string; bytes: number[] }) {
  // deno-lint-ignore no-explicit-any -- the page's own names
  const { DataTransfer, DragEvent, ClipboardEvent, document } = globalThis as any;
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(bytes)], name, { type: "image/jpeg" }));
  const drop = { dataTransfer: transfer, bubbles: true, cancelable: true };
  document.dispatchEvent(
    kind === "drop"
      ? new DragEvent("drop", drop)
      : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }),
  );
}

pageTest("pictures are dropped and pasted, and what is none is said in words", async ({ page }) => {
  const { buffer } = await pictureFile("c.jpg");
  const bytes = [...buffer];
  for (const [kind, name] of [["drop", "dropped.jpg"], ["paste", "pasted.jpg"]] as const) {
    await page.locator("body").evaluate(give, { kind, name, bytes });
    await page.locator("#editor-title", { hasText: name }).waitFor();
    await settled(page);
  }
  const text = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("some words") };
  await page.locator("#files").setInputFiles([text as never]);
  await page.locator("#message", { hasText: "notes.txt: Cannot decode" }).waitFor();
});

pageTest(
  "pictures are downloaded at full size in the chosen format, all as ZIP",
  async ({ page }) => {
    await choose(page, "a.jpg", "b.jpg");
    await settled(page);
    await page.locator("#format").selectOption("webp");
    const save = async (button: string) => {
      const download = page.waitForEvent("download");
      await page.locator(button).click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: await Deno.readFile((await file.path())!) };
    };
    const one = await save("#save");
    assertEquals([one.name, sniffFormat(one.bytes)], ["b-color.webp", "webp"]);
    const all = await save("#save-all");
    assertMatch(all.name, /\.zip$/);
    const files = unzipSync(all.bytes);
    assertEquals(Object.keys(files), ["a-color.webp", "b-color.webp"]);
    assertEquals(Object.values(files).map(sniffFormat), ["webp", "webp"]);
  },
);
