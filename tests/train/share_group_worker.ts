/** A worker that adds up made-up vectors with its group, for tests of the group. */
import { ShareGroup, type ShareGroupMemory } from "../../src/train/share_group.ts";
import { SeededRandom } from "../random.ts";

/** What a test posts to each worker. */
export interface SumJob {
  memory: ShareGroupMemory;
  rank: number;
  rounds: number;
  length: number;
}

/** All sums of a worker, or the name of the error that ended it. */
export type SumResult = { sums: Float32Array } | { errorName: string };

/** What a member adds in a round: values whose sum in single precision depends on the order. */
export function summand(
  length: number,
  { rank, round }: { rank: number; round: number },
): Float32Array {
  return new SeededRandom(1000 * rank + round).values(length);
}

/** Runs a job in a worker of its own. */
export async function sumInWorker(job: SumJob): Promise<SumResult> {
  const worker = new Worker(import.meta.url, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<SumResult>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(job);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<SumJob>) => void;
  postMessage(result: SumResult): void;
};
// The test imports this module too, outside of any worker.
if ("WorkerGlobalScope" in globalThis) {
  scope.onmessage = ({ data }) => scope.postMessage(sumAll(data));
}

function sumAll({ memory, rank, rounds, length }: SumJob): SumResult {
  const group = new ShareGroup(memory, rank);
  const sums = new Float32Array(rounds * length);
  try {
    for (let round = 0; round < rounds; round++) {
      sums.set(group.sum([summand(length, { rank, round })]), round * length);
    }
    return { sums };
  } catch (error) {
    return { errorName: (error as Error).name };
  }
}
