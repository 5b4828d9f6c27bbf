import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { dropoutMask } from "../../../src/network/layers/dropout.ts";

const KEY = 12345;

Deno.test("dropoutMask() drops the share it is told and keeps the mean", () => {
  for (const rate of [0.1, 0.5, 0.8]) {
    const mask = dropoutMask(200_000, { rate, key: KEY, first: 0 });
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    // Five standard deviations of the share of 200,000 independent draws.
    assert(Math.abs(dropped - rate) < 5 * Math.sqrt(rate * (1 - rate) / mask.length), `${dropped}`);
    assertEquals(new Set(mask), new Set([0, Math.fround(1 / (1 - rate))]));
  }
});

Deno.test("dropoutMask() of a share is that part of the whole batch's mask", () => {
  const whole = dropoutMask(1000, { rate: 0.5, key: KEY, first: 0 });
  assertEquals(dropoutMask(300, { rate: 0.5, key: KEY, first: 700 }), whole.subarray(700));
});

Deno.test("dropoutMask() differs with the key, and neighbors are independent", () => {
  const [one, other] = [1, 2].map((key) => dropoutMask(100_000, { rate: 0.5, key, first: 0 }));
  assertNotEquals(one, other);
  const same = (a: Float32Array, b: Float32Array) => a.filter((value, i) => value === b[i]).length;
  const shifted = one!.subarray(1);
  for (const agreeing of [same(one!, other!) / one!.length, same(shifted, one!) / shifted.length]) {
    assert(Math.abs(agreeing - 0.5) < 0.01, `${agreeing}`);
  }
});
