import { assertAlmostEquals } from "@std/assert";
import { deltaE2000 } from "../../src/eval/delta_e2000.ts";

Deno.test("deltaE2000() averages the differences of pixels", () => {
  // Pairs 16 and 17 of Sharma et al.: 4.3065 and 27.1492.
  const first = { lightness: new Float32Array([50, 50]), ab: new Float32Array([2.5, 0, 2.5, 0]) };
  const second = {
    lightness: new Float32Array([50, 73]),
    ab: new Float32Array([0, -2.5, 25, -18]),
  };
  assertAlmostEquals(deltaE2000(first, second), (4.3065 + 27.1492) / 2, 1e-4);
});
