import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { chromaDistance } from "../../src/color/chroma_distance.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { checkReference, transferColors } from "../../src/colorize/transfer_colors.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { paintScene, SCENE_PALETTES, withoutColors } from "./made_scene.ts";

await startBackend("wasm");
const model = await loadModel(fileURLToPath(new URL("../../models", import.meta.url)), "palette");

/** Targets are painted with one palette, of which only lightness is left, references with others. */
const PAIRS = Object.values(SCENE_PALETTES).flatMap((own, i, all) =>
  [1, 2].map((step) => ({
    target: withoutColors(paintScene(own, { seed: 100 + 10 * i + step })),
    reference: paintScene(all[(i + step) % all.length]!, {
      seed: 200 + 10 * i + step,
      widthPx: 90 + 15 * i,
      heightPx: 80 + 20 * step,
    }),
  }))
);

function distance(one: Image, other: Image): number {
  return chromaDistance(rgbToLab(one.bitmap, 4).ab, rgbToLab(other.bitmap, 4).ab);
}

for (const [i, { target, reference }] of PAIRS.entries()) {
  Deno.test(`transferColors() by features is no less like the reference than by Welsh, pair ${i + 1}`, async () => {
    const welsh = await transferColors(target, reference, { transfer: "welsh", seed: 0 });
    const features = await transferColors(target, reference, {
      transfer: "features",
      model,
      seed: 0,
    });
    const [own, other, none] = [features, welsh, target].map((one) => distance(one, reference));
    assert(own! <= other!, `${own} against ${other}`);
    assert(own! < 0.8 * none!, `${own} against ${none} without colors`);
  });
}

Deno.test("transferColors() refuses a reference without colors", async () => {
  const [{ target }] = PAIRS as [typeof PAIRS[number]];
  for (const reference of [target, new Image(3, 2).fill(0x7b7a7cff)]) {
    await assertRejects(
      () => transferColors(target, reference, { transfer: "welsh", seed: 0 }),
      RangeError,
      "the reference must have colors, got a gray picture",
    );
  }
  checkReference(new Image(3, 2).fill(0x807a70ff)); // pale, but not gray
  const spot = new Image(600, 400).fill(0x808080ff);
  assertThrows(() => checkReference(spot), RangeError);
  spot.setPixelAt(300, 200, 0xff0000ff);
  checkReference(spot);
});

Deno.test("transferColors() refuses a model without features, and stops when it is told to", async () => {
  const [{ target, reference }] = PAIRS as [typeof PAIRS[number]];
  const gray = {
    name: "gray",
    title: "",
    network: buildNetwork({ kind: "constant", a: 0, b: 0 }),
    sizePx: 64,
  };
  await assertRejects(
    () => transferColors(target, reference, { transfer: "features", model: gray, seed: 0 }),
    RangeError,
    "must be a palette, got gray",
  );
  const signal = AbortSignal.abort();
  const error = await assertRejects(() =>
    transferColors(target, reference, { transfer: "welsh", seed: 0, signal })
  );
  assertEquals((error as DOMException).name, "AbortError");
});
