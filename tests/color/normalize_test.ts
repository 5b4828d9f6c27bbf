import { assert, assertEquals, assertThrows } from "@std/assert";
import { rgbToLab } from "../../src/color/lab.ts";
import { AB_RANGE, denormalizeAb, normalizeAb } from "../../src/color/normalize.ts";

Deno.test("normalizeAb() divides by 128", () => {
  assertEquals(normalizeAb(new Float32Array([64, -32])), new Float32Array([0.5, -0.25]));
});

Deno.test("denormalizeAb() undoes normalizeAb() for every color at the rim of the cube", () => {
  const rim: number[] = [];
  for (const low of [0, 255]) {
    for (const high of [0, 255]) {
      for (let byte = 0; byte < 256; byte++) {
        rim.push(low, high, byte, low, byte, high, byte, low, high);
      }
    }
  }
  const { ab } = rgbToLab(Uint8Array.from(rim), 3);
  assertEquals(denormalizeAb(normalizeAb(ab)), ab);
});

Deno.test("denormalizeAb() clamps to the range of sRGB colors", () => {
  const { minA, maxA, minB, maxB } = AB_RANGE;
  assertEquals(
    denormalizeAb(new Float32Array([1, 1, -1, -1, Infinity, -Infinity])),
    new Float32Array([maxA, maxB, minA, minB, maxA, minB]),
  );
});

Deno.test("AB_RANGE is no wider than the primaries need", () => {
  const { ab } = rgbToLab(Uint8Array.from([0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 0]), 3);
  const [greenA, , magentaA, , , blueB, , yellowB] = ab;
  for (
    const [limit, reached] of [
      [AB_RANGE.minA, greenA],
      [AB_RANGE.maxA, magentaA],
      [AB_RANGE.minB, blueB],
      [AB_RANGE.maxB, yellowB],
    ]
  ) {
    const slack = Math.abs(limit!) - Math.abs(reached!);
    assert(slack >= 0 && slack < 0.011, `${limit} for ${reached}`);
  }
});

Deno.test("denormalizeAb() keeps NaN visible", () => {
  assertEquals(denormalizeAb(new Float32Array([NaN, 0])), new Float32Array([NaN, 0]));
});

Deno.test("denormalizeAb() refuses half a pixel", () => {
  assertThrows(() => denormalizeAb(new Float32Array(3)), RangeError, "got 3");
});
