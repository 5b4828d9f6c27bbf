import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { addGrain, uniformNumbers } from "../../src/data/film_grain.ts";

Deno.test("addGrain() has the mean and the deviation that it is told, and no pattern", () => {
  const side = 200;
  const lightness = new Float32Array(side * side).fill(50);
  addGrain(lightness, { deviation: 3, random: uniformNumbers(7) });
  const grain = lightness.map((value) => value - 50);
  assertAlmostEquals(mean(grain), 0, 0.05);
  assertAlmostEquals(Math.sqrt(mean(grain.map((value) => value * value))), 3, 0.05);
  for (const distance of [1, 2, side]) {
    const products = grain.subarray(distance).map((value, i) => value * grain[i]!);
    assertAlmostEquals(mean(products) / 9, 0, 0.02);
  }
});

Deno.test("addGrain() stays within 0..100 and repeats itself", () => {
  const grainy = (seed: number) => {
    const lightness = Float32Array.from({ length: 2000 }, (_, i) => i % 2 === 0 ? 0 : 100);
    addGrain(lightness, { deviation: 2, random: uniformNumbers(seed) });
    return lightness;
  };
  const first = grainy(1);
  assert(first.every((value) => value >= 0 && value <= 100));
  assert(first.some((value) => value > 0 && value < 10));
  assertEquals(grainy(1), first);
  assert(grainy(2).some((value, i) => value !== first[i]));
});

Deno.test("uniformNumbers() fill 0..1 evenly, in an order of the seed's own", () => {
  const random = uniformNumbers(0);
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 50000; i++) counts[Math.floor(10 * random())]++;
  for (const count of counts) assertAlmostEquals(count, 5000, 250);
  const firsts = Array.from({ length: 100 }, (_, seed) => uniformNumbers(seed)());
  assertEquals(new Set(firsts).size, 100);
});

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
