import { assertEquals, assertThrows } from "@std/assert";
import { meanSquaredError } from "../../src/eval/mean_squared_error.ts";

Deno.test("meanSquaredError() averages squared differences", () => {
  assertEquals(meanSquaredError(new Float32Array([1, 2, 3]), new Float32Array([1, 0, 4])), 5 / 3);
});

Deno.test("meanSquaredError() refuses arrays of different length, and empty ones", () => {
  assertThrows(
    () => meanSquaredError(new Float32Array(3), new Float32Array(2)),
    RangeError,
    "must have 3 values, got 2",
  );
  assertThrows(
    () => meanSquaredError(new Float32Array(0), new Float32Array(0)),
    RangeError,
    "must have 1 or more values, got 0",
  );
});
