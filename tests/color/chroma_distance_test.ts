import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chromaDistance } from "../../src/color/chroma_distance.ts";
import { SeededRandom } from "../random.ts";

/** Mean of |cos| and of |sin| over 0, 22.5 .. 157.5 degrees. */
const SLICED = (1 + 2 * (Math.cos(Math.PI / 8) + Math.SQRT1_2 + Math.cos(3 * Math.PI / 8))) / 8;

Deno.test("chromaDistance() of one color each is their distance, as the directions see it", () => {
  const gray = new Float32Array(2);
  assertAlmostEquals(SLICED, 0.6284, 1e-4);
  assertAlmostEquals(chromaDistance(gray, Float32Array.of(30, 0)), 30 * SLICED, 1e-9);
  assertAlmostEquals(chromaDistance(gray, Float32Array.of(0, -30)), 30 * SLICED, 1e-9);
  assertAlmostEquals(
    chromaDistance(Float32Array.of(50, 20), Float32Array.of(42, 20)),
    8 * SLICED,
    1e-5,
  );
});

Deno.test("chromaDistance() counts what share of the colors has to move how far", () => {
  // One of four pixels moves by 40.
  const one = Float32Array.of(0, 0, 0, 0, 0, 0, 40, 0);
  assertAlmostEquals(chromaDistance(one, new Float32Array(8)), 10 * SLICED, 1e-9);
  // 0 and 40 to 10 and 30: two halves by 10 each.
  const [wide, narrow] = [Float32Array.of(0, 0, 40, 0), Float32Array.of(10, 0, 30, 0)];
  assertAlmostEquals(chromaDistance(wide, narrow), 10 * SLICED, 1e-5);
});

Deno.test("chromaDistance() knows no places, sizes and order", () => {
  const ab = new SeededRandom(1).values(200).map((value) => 100 * value);
  const twice = new Float32Array(400);
  for (let i = 0; i < 100; i++) twice.set(ab.subarray(2 * i, 2 * i + 2), 2 * (99 - i));
  twice.set(ab, 200);
  assertAlmostEquals(chromaDistance(ab, twice), 0, 1e-9);
  const other = new SeededRandom(2).values(50).map((value) => 60 * value);
  assertAlmostEquals(chromaDistance(ab, other), chromaDistance(other, ab), 1e-12);
});

Deno.test("chromaDistance() is what sorted projections give", () => {
  const random = new SeededRandom(3);
  const [one, other] = [random.values(2000), random.values(2000)]
    .map((values, i) => values.map((value) => 30 * value + 25 * i));
  let expected = 0;
  for (let direction = 0; direction < 8; direction++) {
    const angle = Math.PI * direction / 8;
    const sorted = [one!, other!].map((ab) =>
      Float64Array.from(
        { length: 1000 },
        (_, i) => Math.cos(angle) * ab[2 * i]! + Math.sin(angle) * ab[2 * i + 1]!,
      ).sort()
    );
    for (let i = 0; i < 1000; i++) expected += Math.abs(sorted[0]![i]! - sorted[1]![i]!) / 8000;
  }
  assertAlmostEquals(chromaDistance(one!, other!), expected, 0.02);
});

Deno.test("chromaDistance() takes the outermost colors of sRGB", () => {
  const distance = chromaDistance(Float32Array.of(98.3, 94.5), Float32Array.of(-86.2, -107.9));
  assert(distance > 0.6 * Math.hypot(184.5, 202.4) && Number.isFinite(distance));
  assertEquals(chromaDistance(Float32Array.of(98.3, 94.5), Float32Array.of(98.3, 94.5)), 0);
});
