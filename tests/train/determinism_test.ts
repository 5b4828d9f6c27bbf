/** The same seed trains the same network, on one device exactly, on two devices nearly. */
import { assert, assertEquals } from "@std/assert";
import type { TrainingConfig } from "../../src/train/config.ts";
import { webgpuTest } from "../webgpu.ts";
import { CONFIG, makeFolder, trainRun } from "./train_run.ts";

/** 20 steps, 5 an epoch. */
const CONFIG_20: TrainingConfig = { ...CONFIG, epochs: 4, batch: 8 };
const IMAGES = { train: 40, val: 1 };

Deno.test("20 steps on wasm give the same weights again, bit for bit", () => checkAgain("wasm"));
webgpuTest(
  "20 steps on webgpu give the same weights again, bit for bit",
  () => checkAgain("webgpu"),
);

webgpuTest("the losses of 20 steps on webgpu and wasm agree within 1e-3", async () => {
  await using folder = await makeFolder(IMAGES);
  const [gpu, cpu] = [await train20(folder, "webgpu"), await train20(folder, "wasm")];
  assertEquals([gpu.losses.length, cpu.losses.length], [20, 20]);
  const differences = gpu.losses.map((loss, step) => Math.abs(loss - cpu.losses[step]!));
  assert(Math.max(...differences) < 1e-3, `losses differ by ${differences}`);
  // Losses of steps that do not train would agree as well.
  assert(cpu.losses[19]! < 0.7 * cpu.losses[0]!, `losses ${cpu.losses}`);
});

async function checkAgain(backend: "wasm" | "webgpu"): Promise<void> {
  await using folder = await makeFolder(IMAGES);
  const [once, again] = [await train20(folder, backend), await train20(folder, backend)];
  assertEquals(again.losses, once.losses);
  assertEquals(again.weights, once.weights);
}

async function train20(folder: { path: string }, backend: "wasm" | "webgpu") {
  const losses: number[] = [];
  const onStep = (_: unknown, __: number, loss: number) => void losses.push(loss);
  const { weights } = await trainRun(folder, { backend, config: CONFIG_20, onStep });
  return { losses, weights };
}
