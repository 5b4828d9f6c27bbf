import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { drawCandidateHints } from "../../src/colorize/candidates.ts";
import { predictDistribution } from "../../src/colorize/distribution.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { SeededRandom } from "../random.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const model = makePalette();
const SIZE = { widthPx: 24, heightPx: 16 };
const LIGHTNESS = new SeededRandom(1).values(24 * 16).map((value) => 50 + 50 * value);

/** Places of hints, and the color of the first one. */
function hinted(hints: Float32Array | undefined): { places: number[]; color: number[] } {
  const places: number[] = [];
  for (let at = 0; at < (hints?.length ?? 0) / 3; at++) if (hints![3 * at + 2]) places.push(at);
  return { places, color: [...hints?.subarray(3 * places[0]!, 3 * places[0]! + 2) ?? []] };
}

Deno.test("drawCandidateHints() gives different hints, the same for the same seed", async () => {
  const draw = (seed: number) => drawCandidateHints(model, LIGHTNESS, { ...SIZE, count: 6, seed });
  const candidates = await draw(1);
  assertEquals(candidates.length, 6);
  assertEquals(candidates[0], undefined);
  const drawn = candidates.slice(1).map(hinted);
  for (const [i, one] of drawn.entries()) {
    assert(one.places.length >= 4, `candidate ${i + 1} has no patch`);
    for (const other of drawn.slice(i + 1)) assertNotEquals(one, other);
  }
  assertEquals(await draw(1), candidates);
  assertNotEquals(await draw(2), candidates);
});

Deno.test("drawCandidateHints() keeps the user's hints in every candidate", async () => {
  const hints = new Float32Array(3 * 24 * 16);
  hints.set([30, -40, 1], 3 * 50);
  const candidates = await drawCandidateHints(model, LIGHTNESS, {
    ...SIZE,
    count: 4,
    seed: 5,
    hints,
  });
  assertEquals(candidates[0], hints);
  for (const candidate of candidates) {
    assertEquals([...candidate!.subarray(150, 153)], [30, -40, 1]);
  }
});

Deno.test("drawCandidateHints() draws colors of the place's own, half as pure", async () => {
  const distribution = await predictDistribution(model, LIGHTNESS, SIZE);
  const [candidate] = (await drawCandidateHints(model, LIGHTNESS, { ...SIZE, count: 2, seed: 3 }))
    .slice(1);
  const { shares, bins, binCenters, widthPx, heightPx } = distribution;
  // Of a patch of 3x3 pixels of the input, the middle is twice the place on the map.
  const isHint = (x: number, y: number) => candidate![3 * (24 * y + x) + 2] === 1;
  const places = Array.from({ length: widthPx * heightPx }, (_, at) => at)
    .filter((at) => isHint(2 * (at % widthPx), 2 * Math.floor(at / widthPx)));
  let matched = 0;
  for (const at of places) {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    const [a, b] = candidate!.subarray(3 * (48 * y + 2 * x)) as unknown as [number, number];
    for (let mode = 0; mode < bins; mode++) { // the mean of some bin's neighborhood
      const near = Array.from({ length: bins }, (_, bin) => bin).filter((bin) =>
        Math.hypot(
          binCenters[2 * bin]! - binCenters[2 * mode]!,
          binCenters[2 * bin + 1]! - binCenters[2 * mode + 1]!,
        ) <= 25
      );
      const sum = (of: (bin: number) => number) =>
        near.reduce((total, bin) => total + shares[at * bins + bin]! * of(bin), 0);
      const total = sum(() => 1);
      const mean = [0, 1].map((axis) => sum((bin) => binCenters[2 * bin + axis]!) / total);
      if (Math.hypot(0.5 * mean[0]! - a, 0.5 * mean[1]! - b) < 1) matched++;
    }
  }
  assert(places.length > 0 && matched > 0, `${matched} of ${places.length}`);
});

Deno.test("drawCandidateHints() refuses other counts, and models without distributions", async () => {
  for (const count of [0, -1, 1.5]) {
    const options = { ...SIZE, count, seed: 1 };
    const error = `count must be 1 or more, got ${count}`;
    await assertRejects(() => drawCandidateHints(model, LIGHTNESS, options), RangeError, error);
  }
  const constant = {
    ...model,
    name: "gray",
    network: buildNetwork({ kind: "constant", a: 0, b: 0 }),
  };
  await assertRejects(
    () => drawCandidateHints(constant, LIGHTNESS, { ...SIZE, count: 2, seed: 1 }),
    RangeError,
    "got gray",
  );
});
