import { assert, assertEquals, assertThrows } from "@std/assert";
import { ImageError } from "../../src/image/errors.ts";
import { checkBytes, checkHeader, DEFAULT_LIMITS } from "../../src/image/limits.ts";

const limits = { maxBytes: 10, maxPixels: 100, maxSidePx: 50, maxAspect: 30, maxFrames: 3 };

Deno.test("checkBytes() refuses the first byte over the limit, naming both", () => {
  checkBytes("a.png", 10, limits);
  const error = assertThrows(() => checkBytes("a.png", 11, limits), ImageError);
  assertEquals(error.message, "Cannot decode a.png: must have at most 10 bytes, got 11");
  assertEquals(error.reason, "too-large");
});

Deno.test("checkHeader() refuses a side over the limit, naming both", () => {
  checkHeader("a.png", { width: 50, height: 2 }, limits);
  const error = assertThrows(() => checkHeader("a.png", { width: 1, height: 51 }, limits));
  assert(error instanceof ImageError && error.reason === "too-large");
  assertEquals(
    error.message,
    "Cannot decode a.png: sides must be at most 50 pixels, got 1 x 51",
  );
});

Deno.test("checkHeader() refuses pixels over the limit, naming both", () => {
  checkHeader("a.png", { width: 10, height: 10 }, limits);
  const error = assertThrows(() => checkHeader("a.png", { width: 10, height: 11 }, limits));
  assertEquals(
    (error as Error).message,
    "Cannot decode a.png: must have at most 100 pixels, got 10 x 11 = 110",
  );
});

Deno.test("checkHeader() refuses strips and too many frames, naming both", () => {
  checkHeader("a.gif", { width: 1, height: 30, pages: 3 }, limits);
  const cases = [
    [{ width: 1, height: 31 }, "a side must be at most 30 times the other, got 1 x 31"],
    [{ width: 5, height: 5, pages: 4 }, "must have at most 3 frames or pages, got 4"],
  ] as const;
  for (const [header, rule] of cases) {
    const error = assertThrows(() => checkHeader("a.gif", header, limits), ImageError);
    assertEquals(error.message, `Cannot decode a.gif: ${rule}`);
  }
});

Deno.test("DEFAULT_LIMITS let a 50-megapixel photograph pass", () => {
  checkBytes("photo", 30e6, DEFAULT_LIMITS);
  checkHeader("photo", { width: 8688, height: 5792 }, DEFAULT_LIMITS);
});
