import { assertAlmostEquals, assertEquals } from "@std/assert";
import { psnr } from "../../src/eval/psnr.ts";

Deno.test("psnr() is 10 log10(1 / MSE)", () => {
  assertAlmostEquals(psnr(0.01), 20, 1e-12);
  assertAlmostEquals(psnr(0.0042), 23.767507096, 1e-8);
});

Deno.test("psnr() is capped at 100 dB, for an exact match too", () => {
  assertEquals(psnr(0), 100);
  assertEquals(psnr(1e-11), 100);
});
