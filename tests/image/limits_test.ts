import { assert, assertEquals, assertThrows } from "@std/assert";
import { ImageError } from "../../src/image/errors.ts";
import { checkBytes, checkSides, DEFAULT_LIMITS } from "../../src/image/limits.ts";

const limits = { maxBytes: 10, maxPixels: 100, maxSidePx: 50 };

Deno.test("checkBytes() refuses the first byte over the limit, naming both", () => {
  checkBytes("a.png", 10, limits);
  const error = assertThrows(() => checkBytes("a.png", 11, limits), ImageError);
  assertEquals(error.message, "Cannot decode a.png: must have at most 10 bytes, got 11");
  assertEquals(error.reason, "too-large");
});

Deno.test("checkSides() refuses a side over the limit, naming both", () => {
  checkSides("a.png", { width: 50, height: 2 }, limits);
  const error = assertThrows(() => checkSides("a.png", { width: 1, height: 51 }, limits));
  assert(error instanceof ImageError && error.reason === "too-large");
  assertEquals(
    error.message,
    "Cannot decode a.png: sides must be at most 50 pixels, got 1 x 51",
  );
});

Deno.test("checkSides() refuses pixels over the limit, naming both", () => {
  checkSides("a.png", { width: 10, height: 10 }, limits);
  const error = assertThrows(() => checkSides("a.png", { width: 10, height: 11 }, limits));
  assertEquals(
    (error as Error).message,
    "Cannot decode a.png: must have at most 100 pixels, got 10 x 11 = 110",
  );
});

Deno.test("DEFAULT_LIMITS let a 50-megapixel photograph pass", () => {
  checkBytes("photo", 30e6, DEFAULT_LIMITS);
  checkSides("photo", { width: 8688, height: 5792 }, DEFAULT_LIMITS);
});
