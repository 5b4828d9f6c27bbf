import { assert, assertEquals, assertRejects } from "@std/assert";
import { runWorkers } from "../../scripts/train/run_workers.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { decodeSafetensors } from "../../src/network/safetensors.ts";
import { startBackend } from "../../src/backend/start.ts";
import { REPORT_TRAINING } from "../../src/train/config.ts";
import { relativeError } from "../tolerance.ts";
import { writeTinyDataset } from "./tiny_dataset.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

Deno.test("one step of three workers is one step of one worker, to 1e-5", async () => {
  // Shares of 3, 3 and 4 images.
  await checkLikeOneWorker({ workers: 3, images: 10, batch: 10 });
});

Deno.test("workers without an image take the very step of those with one", async () => {
  await checkLikeOneWorker({ workers: 4, images: 2, batch: 8 });
});

Deno.test("an epoch whose last batch has fewer images than workers is that of one worker", async () => {
  const epoch = { images: 17, batch: 8 };
  const [alone, shared] = [
    await trainEpoch({ ...epoch, workers: 1 }),
    await trainEpoch({ ...epoch, workers: 4 }),
  ];
  assert(Math.abs(shared.loss / alone.loss - 1) < 1e-5, `${shared.loss}, ${alone.loss}`);
  assert(Math.abs(shared.validationLoss / alone.validationLoss - 1) < 1e-5);
});

Deno.test("a worker that fails ends the run with its message, and no other worker hangs", async () => {
  await assertRejects(
    () => trainEpoch({ workers: 2, images: 2, batch: 2, dataDir: "/nonexistent" }),
    Error,
    "Cannot open the train split",
  );
});

interface EpochOptions {
  workers: number;
  images: number;
  batch: number;
  dataDir?: string;
}

/** Compares an epoch of one step, in which gradients show: later steps build on other weights. */
async function checkLikeOneWorker(options: EpochOptions): Promise<void> {
  const [alone, shared] = [
    await trainEpoch({ ...options, workers: 1 }),
    await trainEpoch(options),
  ];
  assertEquals([...shared.arrays.keys()], [...alone.arrays.keys()]);
  assert(Math.abs(shared.loss / alone.loss - 1) < 1e-5, `${shared.loss}, ${alone.loss}`);
  assert(Math.abs(shared.validationLoss / alone.validationLoss - 1) < 1e-3);
  for (const [name, { values }] of alone.arrays) {
    // The first moment after one step is a tenth of the gradient; weights would show only its sign.
    if (!name.startsWith("adam/") && !name.includes("moving")) continue;
    const error = relativeError(shared.arrays.get(name)!.values, values);
    assert(error < 1e-5, `${name} is off by ${error}`);
  }
}

async function trainEpoch({ workers, images, batch, dataDir }: EpochOptions) {
  await startBackend("wasm");
  const folder = await Deno.makeTempDir();
  try {
    await writeTinyDataset(folder, { train: images, val: 6 });
    const network = buildNetwork(TINY_NETWORK);
    const { parameterCount } = network;
    network.dispose();
    const { history } = await runWorkers({
      job: {
        name: "test",
        network: TINY_NETWORK,
        config: { ...REPORT_TRAINING, epochs: 1, batch },
        backend: "wasm",
        kernels: "ours",
        initFrom: undefined,
        images: null,
        dataDir: dataDir ?? folder,
        runDir: folder,
        resume: false,
        checkpointEverySeconds: 60,
      },
      workers,
      parameterCount,
    });
    const checkpoint = await Deno.readFile(`${folder}/checkpoint.safetensors`);
    const { loss, validationLoss } = history[0]!;
    return { arrays: decodeSafetensors(checkpoint).arrays, loss, validationLoss };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
