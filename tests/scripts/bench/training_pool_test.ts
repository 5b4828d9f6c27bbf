import { assert, assertEquals, assertRejects } from "@std/assert";
import { writeMadeDataset } from "../../../scripts/bench/made_dataset.ts";
import { type PoolOptions, TrainingPool } from "../../../scripts/bench/training_pool.ts";
import { openSplit } from "../../../src/data/split.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import { TINY_NETWORK } from "../../train/tiny_network.ts";
import { webgpuTest } from "../../webgpu.ts";

const SIZE_PX = 16;

Deno.test("writeMadeDataset() writes images that training can read", async () => {
  const dataDir = await Deno.makeTempDir();
  await writeMadeDataset(dataDir, { images: 5, sizePx: SIZE_PX });
  const split = await openSplit(dataDir, "train");
  const [first, last] = [await split.readImages([0]), await split.readImages([4])];
  split.close();
  await Deno.remove(dataDir, { recursive: true });
  assertEquals(first.length, 3 * SIZE_PX ** 2);
  assert(first.some((value, i) => value !== last[i]), "all images are the same");
});

Deno.test("TrainingPool trains and predicts with two workers on wasm, a turn at a time", () =>
  withPool({ backend: "wasm", workers: 2 }, async (pool) => {
    assertEquals(pool.deviceName, "CPU (WASM SIMD)");
    const seconds = await pool.infer({ batches: 2 });
    assert(seconds > 0);
    const first = await pool.train({ steps: 3 });
    assert(first.seconds > 0 && first.dataWaitSeconds < first.seconds, JSON.stringify(first));
    assertEquals([first.commands, first.kernelTimes], [{ dispatches: 0, submits: 0 }, []]);
    assert(await pool.infer({ batches: 1 }) > 0);
    // More steps than an epoch has, with the built-in kernels, then each kernel timed.
    assert((await pool.train({ steps: 9, kernels: "builtin" })).seconds > 0);
    const { kernelTimes, seconds: timed } = await pool.train({ steps: 1, timeKernels: true });
    const sumMs = kernelTimes.reduce((sum, [, ms]) => sum + ms, 0);
    assert(kernelTimes.length > 5 && sumMs < 1000 * timed, `${sumMs} ms of ${timed} s`);
  }));

webgpuTest(
  "TrainingPool counts commands and times shaders on webgpu",
  () =>
    withPool({ backend: "webgpu", workers: 1 }, async (pool) => {
      await pool.train({ steps: 1 });
      const { commands } = await pool.train({ steps: 2 });
      assert(commands.submits >= 2 && commands.dispatches > 40, JSON.stringify(commands));
      const again = await pool.train({ steps: 2 });
      assertEquals(again.commands, commands);
      const { kernelTimes } = await pool.train({ steps: 1, timeKernels: true });
      assert(kernelTimes.length > 5 && kernelTimes.every(([, ms]) => ms >= 0), `${kernelTimes}`);
      assert(await pool.infer({ batches: 1 }) > 0);
    }),
  { sends: false }, // its worker does
);

Deno.test("TrainingPool tells why a worker cannot train", async () => {
  const dataDir = await Deno.makeTempDir();
  await assertRejects(
    () => withPool({ backend: "wasm", workers: 2, dataDir }, () => Promise.resolve()),
    Error,
    "Cannot open the train split",
  );
  await Deno.remove(dataDir, { recursive: true });
});

async function withPool(
  options: Pick<PoolOptions, "backend" | "workers"> & { dataDir?: string },
  use: (pool: TrainingPool) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  let pool: TrainingPool | undefined;
  try {
    await writeMadeDataset(folder, { images: 16, sizePx: SIZE_PX });
    await startBackend("wasm");
    const network = buildNetwork(TINY_NETWORK);
    const { parameterCount } = network;
    network.dispose();
    pool = await TrainingPool.start({
      ...{ network: TINY_NETWORK, parameterCount, batch: 4, sizePx: SIZE_PX },
      ...{ dataDir: folder, lossEverySteps: 1, ...options },
    });
    await use(pool);
  } finally {
    pool?.close();
    await Deno.remove(folder, { recursive: true });
  }
}
