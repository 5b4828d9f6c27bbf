import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { randomOf } from "../../src/hint/random.ts";
import { SeededRandom } from "../random.ts";

Deno.test("randomOf() draws mulberry32's numbers, one step above 0", () => {
  const [random, reference] = [randomOf(12), new SeededRandom(12)];
  for (let i = 0; i < 100; i++) {
    const expected = (reference.next() * 2 ** 32 + 1) / (2 ** 32 + 1);
    assertEquals(random(), expected);
  }
});

Deno.test("randomOf() depends on the seed and stays above 0 and below 1", () => {
  const draws = (seed: number) => Array.from({ length: 1000 }, randomOf(seed));
  assertEquals(draws(5), draws(5));
  assertNotEquals(draws(5), draws(6));
  assert(draws(5).every((value) => value > 0 && value < 1));
});
