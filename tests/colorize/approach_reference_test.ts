import { assert, assertEquals } from "@std/assert";
import type { Image } from "imagescript";
import { chromaDistance } from "../../src/color/chroma_distance.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { approachReference } from "../../src/colorize/approach_reference.ts";
import { labCopyWithin } from "../../src/colorize/lab_copy.ts";
import { paint } from "../../src/colorize/paint.ts";
import { transferByWelsh } from "../../src/colorize/transfer_by_welsh.ts";
import { paintScene, SCENE_PALETTES, withoutColors } from "./made_scene.ts";

const COPY_PIXELS = 5000;
const reference = paintScene(SCENE_PALETTES.desert, { seed: 202, widthPx: 120, heightPx: 96 });
const truth = paintScene(SCENE_PALETTES.desert, { seed: 102 });
const image = withoutColors(truth);
const source = labCopyWithin(reference, COPY_PIXELS);
const OPTIONS = { image, reference, source, seed: 0, maxPixels: 1e6 };

function distance({ bitmap }: Image): number {
  return chromaDistance(rgbToLab(bitmap, 4).ab, rgbToLab(reference.bitmap, 4).ab);
}
const welsh = distance(transferByWelsh(image, reference, { seed: 0 }));

Deno.test("approachReference() comes nearer to the reference than Welsh's transfer", () => {
  const others = labCopyWithin(paintScene(SCENE_PALETTES.unlikely, { seed: 102 }), COPY_PIXELS);
  const moved = approachReference(others, OPTIONS);
  assert(distance(paint(image, others)) > 2 * welsh);
  assert(distance(paint(image, moved)) <= welsh);
});

Deno.test("approachReference() tells a single color apart by lightness and texture", () => {
  const copy = labCopyWithin(image, COPY_PIXELS);
  const single = { ...copy, ab: copy.ab.map((_, i) => [10, 15][i % 2]!) };
  const moved = approachReference(single, OPTIONS);
  assert(distance(paint(image, moved)) <= welsh);
});

Deno.test("approachReference() leaves colors that are near enough", () => {
  const colors = labCopyWithin(truth, COPY_PIXELS);
  const near = approachReference(colors, OPTIONS);
  assertEquals(approachReference(near, OPTIONS).ab, near.ab);
});

Deno.test("approachReference() goes no further than it has to", () => {
  const others = labCopyWithin(paintScene(SCENE_PALETTES.unlikely, { seed: 102 }), COPY_PIXELS);
  const least = distance(paint(image, approachReference(others, OPTIONS)));
  assert(least > 0.6 * welsh, "a whole step less would be too far");
});
