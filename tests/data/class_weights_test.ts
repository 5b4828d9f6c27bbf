import { assertEquals, assertThrows } from "@std/assert";
import { classOf, parseClassWeights, weightedImages } from "../../src/data/class_weights.ts";

const NAMES = ["n01443537_0.JPEG", "n01443537_1.JPEG", "n01443537_2.JPEG", "n01629819_0.JPEG"]
  .concat(["n01629819_1.JPEG", "n02085620_0.JPEG"]);

Deno.test("classOf() is the first folder, or the class of Tiny ImageNet", () => {
  assertEquals(classOf("n01443537_12.JPEG"), "n01443537");
  assertEquals(classOf("portraits/1901/aunt.jpg"), "portraits");
  assertEquals(classOf("portraits/n01443537_12.JPEG"), "portraits");
  for (const name of ["val_12.JPEG", "aunt.jpg", "n01443537.JPEG", ""]) {
    assertEquals(classOf(name), "");
  }
});

Deno.test("weightedImages() takes images as often as their classes weigh", () => {
  const images = (weights: Record<string, number>) => [...weightedImages(NAMES, weights)];
  assertEquals(images({ "*": 1 }), [0, 1, 2, 3, 4, 5]);
  assertEquals(images({ n01443537: 2 }), [0, 0, 1, 1, 2, 2, 3, 4, 5]);
  assertEquals(images({ n01443537: 1.5, "*": 0 }), [0, 1, 1, 2]);
  assertEquals(images({ n02085620: 1, "*": 0.5 }), [1, 4, 5]);
  assertEquals(images({ n01629819: 0 }), [0, 1, 2, 5]);
});

Deno.test("weightedImages() does not count skipped images, of a class that loses all of them too", () => {
  const skipped = new Set([0, 3, 5]);
  const weights = { n01443537: 0.5, n02085620: 2 };
  assertEquals([...weightedImages(NAMES, weights, skipped)], [2, 4]);
  const all = new Set(NAMES.keys());
  assertThrows(() => weightedImages(NAMES, weights, all), RangeError, "an image must be left");
});

Deno.test("weightedImages() gives each class its weight, whatever its order among others", () => {
  const names = Array.from({ length: 3000 }, (_, i) => `${"abc"[i % 3]}/${i}.png`);
  const counts: Record<string, number> = {};
  for (const image of weightedImages(names, { a: 0.3, b: 2.7 })) {
    const own = classOf(names[image]!);
    counts[own] = (counts[own] ?? 0) + 1;
  }
  assertEquals(counts, { a: 300, b: 2700, c: 1000 });
});

Deno.test("weightedImages() refuses classes without images, and to leave none", () => {
  assertThrows(() => weightedImages(NAMES, { n1: 2 }), RangeError, "got none of n1");
  assertThrows(() => weightedImages(NAMES, { "*": 0 }), RangeError, "an image must be left");
});

Deno.test("parseClassWeights() names what is wrong", () => {
  const wrong = [
    [[], "must be an object of classes and numbers, got []"],
    [{}, "must be an object of classes and numbers, got {}"],
    [null, "got null"],
    [{ a: -1 }, "a must be a number from 0 to 100, got -1"],
    [{ a: 1, b: "2" }, 'b must be a number from 0 to 100, got "2"'],
    [{ a: 101 }, "a must be a number from 0 to 100, got 101"],
  ] as const;
  for (const [value, problem] of wrong) {
    assertThrows(() => parseClassWeights(value), TypeError, problem);
  }
  const weights = { a: 0, b: 2.5 };
  assertEquals(parseClassWeights(weights), weights);
});
