/** `deno task bench` as its user meets it. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { torchTest } from "../torch.ts";
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

Deno.test("deno task bench measures what the colors of one picture take", async () => {
  const { code, stdout, stderr } = await runTask("bench", ["map", "--backend", "wasm"]);
  assertEquals(code, 0, stderr);
  const figure = /^colors of one 64x64 map: (\d+\.\d) ms \(palette, CPU \(WASM SIMD\)\)$/m;
  assertMatch(stdout, figure);
  assertGreater(Number(figure.exec(stdout)![1]), 1);
});

Deno.test("deno task bench train measures training with two workers on wasm", async () => {
  const usual = ["--device", "wasm", "--workers", "2", "--batch", "2", "--json"];
  const args = ["train", "--network", "polychromify", ...usual];
  const { code, stdout, stderr } = await runTask("bench", args);
  assertEquals(code, 0, stderr);
  const { results, ...others } = JSON.parse(stdout);
  assertEquals([Object.keys(others), results.length], [[], 1]);
  const [{ network, device, workers, batch, ...figures }] = results;
  assertEquals([network, device, workers, batch], ["polychromify", "wasm", 2, 2]);
  for (const name of ["images_per_second", "inference_images_per_second", "builtin_ratio"]) {
    assertGreater(figures[name], 0, stdout);
  }
  for (const name of ["dispatches_per_step", "submits_per_step", "peer_ratio"]) {
    assertEquals(figures[name], null, stdout);
  }
  assertMatch(stderr, /^measuring polychromify on CPU \(WASM SIMD\), batch 2$/m);
});

torchTest("deno task bench train --peer measures PyTorch in the same run", async () => {
  const usual = ["--device", "wasm", "--workers", "1", "--batch", "1", "--json"];
  const args = ["train", "--network", "u-net", "--peer", ...usual];
  const { code, stdout, stderr } = await runTask("bench", args);
  assertEquals(code, 0, stderr);
  const [{ peer_ratio, peer_inference_ratio, peer }] = JSON.parse(stdout).results;
  assertGreater(Math.min(peer_ratio, peer_inference_ratio), 0, stdout);
  assertMatch(peer, /^PyTorch .*, CPU, 1 threads$/);
});

Deno.test("deno task bench refuses wrong usage in one line, exit code 2", async () => {
  const cases: [args: string[], problem: string][] = [
    [
      ["gpu"],
      "PART must be one of lab, network, map, train, cold-start, upsample, looks, propagate, serve, models, got gpu",
    ],
    [["lab", "models", "--peer"], "Cannot bench models: must be measured by itself"],
    [["serve", "lab"], "Cannot bench serve: must be measured by itself"],
    [["network", "--batch", "0"], "--batch: must be a whole number, 1 or more, got 0"],
    [["network", "--backend", "tpu"], "must be one of auto, webgpu, wasm, got tpu"],
    [["train", "--device", "tpu"], "--device: must be one of auto, webgpu, wasm, got tpu"],
    [["train", "--network", "vgg"], "--network: must be one of polychromify, u-net, got vgg"],
    [["train", "--workers", "0"], "--workers: must be a whole number, 1 to 256, got 0"],
    [["train", "--device", "webgpu", "--workers", "2"], "one GPU trains with one worker"],
    [["--runs", "3"], "--runs"],
  ];
  for (const [args, problem] of cases) {
    const { code, stdout, stderr } = await runTask("bench", args);
    assertStringIncludes(stderr, problem);
    assertMatch(stderr, /^bench: [^\n]*\n$/);
    assertEquals([code, stdout], [2, ""]);
  }
});
