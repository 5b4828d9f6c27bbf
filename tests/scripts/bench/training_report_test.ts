import { assertEquals, assertStringIncludes } from "@std/assert";
import type { TrainingSpeed } from "../../../scripts/bench/training.ts";
import { trainingJson, trainingText } from "../../../scripts/bench/training_report.ts";

const SPEED: TrainingSpeed = {
  name: "polychromify",
  backend: "webgpu",
  deviceName: "A card",
  workers: 1,
  batch: 8,
  imagesPerSecond: 20,
  inferenceImagesPerSecond: 100,
  gigaflopsPerSecond: 15,
  dataWaitShare: 0.025,
  dispatchesPerStep: 120,
  submitsPerStep: 5.5,
  kernelTimes: Array.from({ length: 10 }, (_, i) => [`Kernel${i}`, 10 - i]),
  timedStepMs: 60,
  builtinRatio: 3,
  peerRatio: 0.5,
  peerInferenceRatio: 0.75,
  peerRunsOn: "PyTorch 2, A card",
};

const UNKNOWN: TrainingSpeed = {
  ...SPEED,
  backend: "wasm",
  dispatchesPerStep: undefined,
  submitsPerStep: undefined,
  builtinRatio: undefined,
  peerRatio: undefined,
  peerInferenceRatio: undefined,
  peerRunsOn: undefined,
};

Deno.test("trainingJson() names every figure", () => {
  const [speed] = trainingJson([SPEED]);
  const { kernel_ms_per_step: kernels, ...figures } = speed!;
  assertEquals(figures, {
    network: "polychromify",
    device: "webgpu",
    workers: 1,
    batch: 8,
    images_per_second: 20,
    inference_images_per_second: 100,
    dispatches_per_step: 120,
    submits_per_step: 5.5,
    builtin_ratio: 3,
    peer_ratio: 0.5,
    peer_inference_ratio: 0.75,
    device_name: "A card",
    peer: "PyTorch 2, A card",
    steps_per_second: 2.5,
    gigaflops_per_second: 15,
    data_wait_share: 0.025,
    timed_step_ms: 60,
  });
  assertEquals(kernels.Kernel0, 10);
});

Deno.test("trainingJson() writes null for what is not known", () => {
  const [speed] = trainingJson([UNKNOWN]);
  const unknown = Object.entries(speed!).filter(([, value]) => value === null);
  assertEquals(unknown.map(([name]) => name), [
    "dispatches_per_step",
    "submits_per_step",
    "builtin_ratio",
    "peer_ratio",
    "peer_inference_ratio",
    "peer",
  ]);
});

Deno.test("trainingText() shows a column for each measurement, and the slowest kernels", () => {
  const text = trainingText([SPEED, UNKNOWN]);
  const lines = text.split("\n");
  assertEquals(lines[0], "network             polychromify  polychromify");
  assertStringIncludes(text, "\ndispatches          120           -\n");
  assertStringIncludes(text, "\nwaiting for images  2.5%          2.5%\n");
  assertStringIncludes(text, "kernels of one step, 55.0 ms");
  assertStringIncludes(text, "      10.00 ms  18.2%  Kernel0\n");
  assertStringIncludes(text, "       3.00 ms   5.5%  all others\n");
  assertStringIncludes(text, "compared with PyTorch 2, A card");
});
