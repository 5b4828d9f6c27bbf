/** `deno task bench` as its user meets it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runTask } from "./run_task.ts";

Deno.test("deno task bench --json prints the parts asked for, and nothing else", async () => {
  const { code, stdout, stderr } = await runTask("bench", ["lab", "--json"]);
  assertEquals(code, 0, stderr);
  const { lab, ...others } = JSON.parse(stdout);
  assertEquals(others, {});
  assertEquals(Object.keys(lab), [
    "to_lab_megapixels_per_second",
    "from_lab_megapixels_per_second",
  ]);
  for (const speed of Object.values(lab) as number[]) assert(speed > 0.1, stdout);
});

Deno.test("deno task bench measures a network on the device asked for", async () => {
  const args = ["network", "--backend", "wasm", "--batch", "1"];
  const { code, stdout, stderr } = await runTask("bench", args);
  assertEquals(code, 0, stderr);
  const where = String.raw`\(polychromify, 64x64, batch 1, one thread, CPU \(WASM SIMD\)\)`;
  assertMatch(stdout, new RegExp(String.raw`^inference: \d+\.\d images/s ${where}$`, "m"));
  assertMatch(stdout, new RegExp(String.raw`^training: \d+\.\d images/s ${where}$`, "m"));
});

Deno.test("deno task bench refuses wrong usage in one line, exit code 2", async () => {
  const cases: [args: string[], problem: string][] = [
    [["gpu"], "PART must be one of lab, network, cold-start, got gpu"],
    [["network", "--batch", "0"], "--batch: must be a whole number, 1 or more, got 0"],
    [["network", "--backend", "tpu"], "must be one of auto, webgpu, wasm, got tpu"],
    [["--runs", "3"], "--runs"],
  ];
  for (const [args, problem] of cases) {
    const { code, stdout, stderr } = await runTask("bench", args);
    assertStringIncludes(stderr, problem);
    assertMatch(stderr, /^bench: [^\n]*\n$/);
    assertEquals([code, stdout], [2, ""]);
  }
});
