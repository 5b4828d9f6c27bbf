import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mutate, randomOf } from "../../../scripts/fuzz/mutate.ts";

const FILE = Uint8Array.from({ length: 500 }, (_, i) => i & 255);

Deno.test("mutate() damages files in many ways, the same for the same seed", () => {
  const damaged = Array.from({ length: 200 }, (_, seed) => mutate(FILE, randomOf(seed)));
  damaged.forEach((file, seed) => assertEquals(mutate(FILE, randomOf(seed)), file));
  const changed = damaged.filter((file) => file.join() !== FILE.join());
  assert(changed.length > 190, `${changed.length} of 200 differ`);
  assert(damaged.some(({ length }) => length < 500) && damaged.some(({ length }) => length > 500));
  assertEquals(FILE, Uint8Array.from({ length: 500 }, (_, i) => i & 255));
});

Deno.test("mutate() stands files of one byte", () => {
  for (let seed = 0; seed < 200; seed++) mutate(Uint8Array.of(7), randomOf(seed));
});

Deno.test("randomOf() is uniform, and another one for another seed", () => {
  const random = randomOf(5);
  const values = Array.from({ length: 2000 }, random);
  const mean = values.reduce((sum, value) => sum + value, 0) / 2000;
  assert(Math.abs(mean - 0.5) < 0.03 && values.every((value) => value >= 0 && value < 1));
  assertNotEquals(randomOf(6)(), randomOf(5)());
});
