import { assert, assertEquals, assertLess } from "@std/assert";
import { mergeColors } from "../../src/hint/merge_colors.ts";
import { SeededRandom } from "../random.ts";

Deno.test("mergeColors() takes colors within 5 units for one, their mean", () => {
  const { numbers, colors } = mergeColors(Float32Array.of(10, 0, 40, 0, 14, 0, 10, 4, 46, 0), 127);
  assertEquals([...numbers], [0, 1, 0, 0, 2]);
  assertEquals([...colors].map((value) => Math.round(100 * value)), [1133, 133, 4000, 0, 4600, 0]);
});

Deno.test("mergeColors() merges farther ones where too many remain, each with its like", () => {
  const ab = new SeededRandom(2).values(20_000).map((value) => 100 * value);
  const { numbers, colors } = mergeColors(ab, 127);
  assert(colors.length / 2 <= 127 && colors.length / 2 > 60, `${colors.length / 2}`);
  let sum = 0;
  numbers.forEach((number, i) => {
    sum += Math.hypot(ab[2 * i]! - colors[2 * number]!, ab[2 * i + 1]! - colors[2 * number + 1]!);
  });
  assertLess(sum / numbers.length, 12);
});
