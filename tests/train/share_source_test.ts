import { assertEquals, assertRejects } from "@std/assert";
import { openChosenSplit } from "../../src/data/chosen_split.ts";
import { openSplit } from "../../src/data/split.ts";
import {
  createShareSource,
  type ShareSource,
  startShareThreads,
} from "../../src/train/share_source.ts";
import { makeFolder, trainRun } from "./train_run.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

const PLACE = {
  count: 2,
  sizePx: 16,
  seed: 1,
  epoch: 0,
  positions: [0, 1],
  augment: true,
  aged: 1,
};

for (const threads of [1, 3]) {
  Deno.test(`${threads} thread(s) make the very shares that are made here, in order`, () =>
    compareShares(threads));
}

async function compareShares(threads: number): Promise<void> {
  await using folder = await makeFolder({ train: 20, val: 1 });
  const images = await openSplit(folder.path, "train");
  const here = createShareSource(images, TINY_NETWORK);
  using beside = closing(threadsOf(folder.path, threads));
  const requests = [[3, 9], [0, 19], [5, 4], [7, 7], [12, 1]].map((indices) => ({
    indices,
    place: PLACE,
  }));
  const shares = await Promise.all(requests.map((request) => beside.make(request)));
  for (const [i, request] of requests.entries()) {
    assertEquals(shares[i], await here.make(request));
  }
  images.close();
}

Deno.test("threads read the images that were chosen for an epoch", async () => {
  await using folder = await makeFolder({ train: 4, val: 1 });
  const chosen = Uint32Array.of(1, 3);
  const images = await openChosenSplit(folder.path, "train", chosen);
  const here = createShareSource(images, TINY_NETWORK);
  using beside = closing(threadsOf(folder.path, 2, chosen));
  const request = { indices: [1, 0], place: PLACE };
  assertEquals(await beside.make(request), await here.make(request));
  await assertRejects(() => beside.make({ indices: [0, 2], place: PLACE }), Error, "0 to 1, got 2");
  images.close();
});

Deno.test("a thread reports what it cannot read, and goes on", async () => {
  await using folder = await makeFolder({ train: 4, val: 1 });
  using beside = closing(threadsOf(folder.path, 1));
  const [bad, good] = [[0, 4], [0, 3]].map((indices) => beside.make({ indices, place: PLACE }));
  await assertRejects(() => bad!, Error, "index must be 0 to 3, got 4");
  assertEquals((await good!).count, 2);
  using nowhere = closing(threadsOf(`${folder.path}/none`, 1));
  const refused = nowhere.make({ indices: [0], place: PLACE });
  await assertRejects(() => refused, Error, "Cannot open the train split");
});

Deno.test("a thread that failed before the first request still tells why", async () => {
  await using folder = await makeFolder({ train: 1, val: 1 });
  using nowhere = closing(threadsOf(`${folder.path}/none`, 1));
  using beside = closing(threadsOf(folder.path, 1));
  const request = { indices: [0], place: { ...PLACE, count: 1, positions: [0] } };
  await beside.make(request); // the other thread has had the same time
  await new Promise((resolve) => setTimeout(resolve, 500));
  await assertRejects(() => nowhere.make(request), Error, "Cannot open the train split");
});

Deno.test("a run with threads ends with the very weights of one without, also when resumed", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  const whole = await trainRun(folder, {});
  const checkpoint = `${folder.path}/checkpoint`;
  using first = closing(threadsOf(folder.path, 2));
  await trainRun(folder, { shares: first, stopAfter: 4, checkpoint });
  using second = closing(threadsOf(folder.path, 3));
  const last = await trainRun(folder, { shares: second, resumeFrom: checkpoint });
  assertEquals(last.weights, whole.weights);
});

Deno.test("a run whose images cannot be read says in which epoch and step", async () => {
  await using folder = await makeFolder({ train: 40, val: 8 });
  using beside = closing(threadsOf(folder.path, 1));
  let asked = 0;
  const shares: ShareSource = {
    ...beside,
    make: (request) => beside.make(++asked === 5 ? { ...request, indices: [40] } : request),
  };
  const error = await assertRejects(() => trainRun(folder, { shares }), Error);
  assertEquals(error.message, "Cannot read the images of epoch 2, step 5");
  assertEquals(
    (error.cause as Error).message.endsWith("index must be 0 to 39, got 40"),
    true,
  );
});

function threadsOf(
  dir: string,
  threads: number,
  images: Uint32Array | null = null,
): ShareSource {
  const start = { dir, split: "train", network: TINY_NETWORK, images } as const;
  return startShareThreads(start, threads);
}

function closing(source: ShareSource): ShareSource & Disposable {
  return { ...source, [Symbol.dispose]: () => source.close() };
}
