import { assert, assertEquals } from "@std/assert";
import type { ColorDistribution } from "../../src/colorize/distribution.ts";
import { mostUncertainPlace, placesOfRegion } from "../../src/colorize/uncertain_region.ts";

/** Two halves side by side: the left one is sure of its color, the right one is torn among three. */
const SIZE = { widthPx: 24, heightPx: 12 };
const LEFT = [0.94, 0.02, 0.02, 0.02];
const RIGHT = [0.02, 0.33, 0.33, 0.32];
const distribution: ColorDistribution = {
  suggestionPower: 1,
  binCenters: Float32Array.of(0, 0, 40, 0, -40, 0, 0, 40),
  ...SIZE,
  bins: 4,
  shares: Float32Array.from(
    Array.from({ length: 24 * 12 }, (_, at) => at % 24 < 12 ? LEFT : RIGHT).flat(),
  ),
};

Deno.test("mostUncertainPlace() finds a place inside of what is uncertain, not near a given color", () => {
  const place = mostUncertainPlace(distribution)!;
  assert(place.x >= 14 && place.x < 22, `got ${place.x}`);
  const decided = new Uint8Array(24 * 12);
  decided[6 * 24 + 20] = 1;
  const other = mostUncertainPlace(distribution, decided)!;
  assert(other.x >= 12 && (Math.abs(other.x - 20) > 3 || Math.abs(other.y - 6) > 3));
  assertEquals(mostUncertainPlace(distribution, new Uint8Array(24 * 12).fill(1)), undefined);
});

Deno.test("placesOfRegion() are all over what may have the same colors, and nowhere else", () => {
  const places = placesOfRegion(distribution, { x: 17, y: 5 });
  assert(places.some(({ x, y }) => x === 17 && y === 5));
  const rows = [1, 5, 9].flatMap((y) => [13, 17, 21].map((x) => ({ x, y })));
  const order = (place: { x: number; y: number }) => 100 * place.y + place.x;
  assertEquals(places.sort((one, other) => order(one) - order(other)), rows);
});

Deno.test("placesOfRegion() keeps away from colors that are given, but for the place itself", () => {
  const decided = new Uint8Array(24 * 12).fill(1);
  assertEquals(placesOfRegion(distribution, { x: 17, y: 5 }, decided), [{ x: 17, y: 5 }]);
});

Deno.test("placesOfRegion() does not cross to a region that does not hang together", () => {
  const shares = distribution.shares.slice();
  // A sure column in between.
  for (let y = 0; y < 12; y++) shares.set(LEFT, 4 * (24 * y + 18));
  const places = placesOfRegion({ ...distribution, shares }, { x: 13, y: 5 });
  assert(places.every(({ x }) => x < 18), JSON.stringify(places));
});

Deno.test("placesOfRegion() leaves out what has the same colors, but others more likely", () => {
  const shares = distribution.shares.slice();
  const other = [0.02, 0.53, 0.13, 0.32]; // shares 0.8 with the rest of its half
  for (let y = 0; y < 12; y++) for (let x = 19; x < 24; x++) shares.set(other, 4 * (24 * y + x));
  const places = placesOfRegion({ ...distribution, shares }, { x: 13, y: 5 });
  assertEquals([...new Set(places.map(({ x }) => x))].sort(), [13, 17]);
});
