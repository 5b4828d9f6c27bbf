import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { copyNeighborhood, NEIGHBORS } from "../../src/hint/neighborhood.ts";
import { parseSwatch } from "../../src/hint/swatch.ts";
import { transferSwatches } from "../../src/hint/transfer_swatches.ts";
import { SeededRandom } from "../random.ts";

const SIZE = { widthPx: 60, heightPx: 40 };
const STRIPED = [40, 12];
const SMOOTH = [-25, 35];

/** On the left stripes, on the right none, of the same mean lightness. */
function stripes(seed: number) {
  const random = new SeededRandom(seed);
  const lightness = Float32Array.from({ length: 60 * 40 }, (_, at) => {
    const [x, y] = [at % 60, Math.floor(at / 60)];
    return 50 + random.next() + (x < 30 ? 12 * (-1) ** y : 0);
  });
  return { ...SIZE, lightness };
}

/** The same with its left part of one color and its right part of another one. */
function colored(seed: number) {
  const ab = new Float32Array(2 * 60 * 40);
  for (let at = 0; at < 60 * 40; at++) ab.set(at % 60 < 30 ? STRIPED : SMOOTH, 2 * at);
  return { ...stripes(seed), ab };
}

Deno.test("transferSwatches() colors swatches as it is told, and the rest by its texture", () => {
  const reference = colored(1);
  // Told the wrong way round: stripes get the color of what is smooth.
  const swatches = [parseSwatch("3,3,12,12=40,5,12,20"), parseSwatch("42,20,9,14=2,2,20,20")];
  const ab = transferSwatches(stripes(2), reference, { swatches, seed: 1 });
  const share = (isOwn: (at: number) => boolean, [a, b]: number[]) => {
    const pixels = Array.from({ length: 60 * 40 }, (_, at) => at).filter(isOwn);
    return pixels.filter((at) => ab[2 * at] === a && ab[2 * at + 1] === b).length / pixels.length;
  };
  assertEquals(share((at) => at % 60 < 27, SMOOTH), 1);
  assertEquals(share((at) => at % 60 > 32, STRIPED), 1);
});

Deno.test("transferSwatches() gives other pixels the color of the nearest neighborhood", () => {
  const random = new SeededRandom(3);
  const target = { ...SIZE, lightness: random.values(60 * 40).map((value) => 50 + 40 * value) };
  const reference = { ...target, ab: random.values(2 * 60 * 40).map((value) => 80 * value) };
  // So small that each of its pixels stands for itself.
  const swatches = [parseSwatch("20,10,6,5=0,0,60,40")];
  const ab = transferSwatches(target, reference, { swatches, seed: 5 });
  const neighborhood = (at: number) => {
    const values = new Float32Array(NEIGHBORS);
    copyNeighborhood(target, { x: at % 60, y: Math.floor(at / 60) }, values);
    return values;
  };
  const known = Array.from({ length: 30 }, (_, i) => (10 + Math.floor(i / 6)) * 60 + 20 + i % 6);
  for (let at = 0; at < 600; at++) { // above the swatch
    const own = neighborhood(at);
    const distances = known.map((pixel) =>
      neighborhood(pixel).reduce((sum, value, i) => sum + (value - own[i]!) ** 2, 0)
    );
    const nearest = known[distances.indexOf(Math.min(...distances))]!;
    assertEquals([...ab.subarray(2 * at, 2 * at + 2)], [
      ...ab.subarray(2 * nearest, 2 * nearest + 2),
    ]);
  }
});

Deno.test("transferSwatches() depends on the seed alone", () => {
  const random = new SeededRandom(4);
  const reference = { ...colored(1), ab: random.values(2 * 60 * 40) };
  const transfer = (seed: number) =>
    transferSwatches(stripes(2), reference, { swatches: [parseSwatch("0,0,9,9=5,5,50,30")], seed });
  assertEquals(transfer(1), transfer(1));
  assertNotEquals(transfer(1), transfer(2));
});

Deno.test("transferSwatches() takes swatches of one pixel and refuses those that do not fit", () => {
  const reference = colored(1);
  const transfer = (...texts: string[]) =>
    transferSwatches(stripes(2), reference, { swatches: texts.map(parseSwatch), seed: 1 });
  const ab = transfer("59,39,1,1=0,0,1,1");
  assert(ab.every((value, i) => value === STRIPED[i % 2]));
  assertThrows(() => transfer(), RangeError, "needs one, got none");
  assertThrows(() => transfer("0,0,61,1=0,0,1,1"), RangeError, "part of the target");
});
