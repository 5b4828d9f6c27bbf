import { assertEquals } from "@std/assert";
import { compileKernels, KERNELS_WASM } from "../../../scripts/build_kernels/compile.ts";

Deno.test("compileKernels() gives the very bytes that the repository holds", async () => {
  assertEquals(await compileKernels(), await Deno.readFile(KERNELS_WASM));
});
