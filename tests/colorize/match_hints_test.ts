import { assertAlmostEquals, assertEquals } from "@std/assert";
import { hintsOfMatches, keepMatches } from "../../src/colorize/match_hints.ts";

const PLACES = { widthPx: 4, heightPx: 2 };
const AB = Float32Array.from({ length: 16 }, (_, i) => i + 1);

/** Where hints lie, and their colors. */
function hintsIn(hints: Float32Array): Record<number, number[]> {
  const found: Record<number, number[]> = {};
  for (let at = 0; at < hints.length / 3; at++) {
    if (hints[3 * at + 2] === 1) found[at] = [...hints.subarray(3 * at, 3 * at + 2)];
  }
  return found;
}

Deno.test("hintsOfMatches() takes the surest place of each square, if it is sure enough", () => {
  const confidence = Float32Array.of(0.6, 0.7, 0.1, 0.2, 0.9, 0.8, 0.3, 0.4);
  const hints = hintsOfMatches({ ab: AB, confidence }, { places: PLACES, small: PLACES });
  assertEquals(hintsIn(hints), { 4: [9, 10] });
  const sure = hintsOfMatches(
    { ab: AB, confidence: confidence.map((value) => value + 0.3) },
    { places: PLACES, small: PLACES },
  );
  assertEquals(hintsIn(sure), { 4: [9, 10], 7: [15, 16] });
});

Deno.test("hintsOfMatches() covers a place's pixels in copies of any size", () => {
  const confidence = Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0);
  const drawn = (widthPx: number, heightPx: number) =>
    hintsIn(
      hintsOfMatches({ ab: AB, confidence }, { places: PLACES, small: { widthPx, heightPx } }),
    );
  const color = [11, 12];
  assertEquals(drawn(8, 4), { 18: color, 19: color, 26: color, 27: color });
  assertEquals(drawn(2, 2), { 2: color }); // at least one pixel
});

Deno.test("keepMatches() goes back to matched colors as far as they are sure", () => {
  const planes = {
    ...PLACES,
    lightness: new Float32Array(8).fill(50),
    ab: new Float32Array(16).fill(-20),
  };
  const confidence = Float32Array.of(1, 0, 0.5, 1, 0, 0, 0, 0);
  const { ab, ...rest } = keepMatches(planes, { ab: AB, confidence }, PLACES);
  assertEquals(rest, { ...PLACES, lightness: planes.lightness });
  const expected = [1, 2, -20, -20, (5 - 20) / 2, (6 - 20) / 2, 7, 8, ...Array(8).fill(-20)];
  expected.forEach((value, i) => assertAlmostEquals(ab[i]!, value, 1e-5));
  const larger = { widthPx: 8, heightPx: 4 };
  const enlarged = keepMatches(
    { ...larger, lightness: new Float32Array(32), ab: new Float32Array(64) },
    { ab: AB, confidence: new Float32Array(8).fill(1) },
    PLACES,
  );
  assertAlmostEquals(enlarged.ab[2 * 1]!, 1.5, 1e-5); // a quarter on from the first place
});
