import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { hashIntegers, hashText } from "../../src/data/hash.ts";

Deno.test("hashIntegers() gives the same 32 bits on every machine", () => {
  assertEquals([hashIntegers(), hashIntegers(0), hashIntegers(1, 2, 3)], [
    3954623016,
    1208850363,
    633956278,
  ]);
  assertNotEquals(hashIntegers(7), hashIntegers(7 + 2 ** 32));
  assertNotEquals(hashIntegers(7, 0), hashIntegers(0, 7));
});

Deno.test("hashText() gives the same 32 bits on every machine, spread evenly", () => {
  assertEquals([hashText(""), hashText("a"), hashText("photos/été.jpg")], [
    3954623016,
    298494453,
    2716000827,
  ]);
  const buckets = new Uint32Array(20);
  for (let i = 0; i < 20_000; i++) buckets[hashText(`IMG_${i}.jpg`) % 20]!++;
  assert(buckets.every((count) => Math.abs(count - 1000) < 150), buckets.join(" "));
});
