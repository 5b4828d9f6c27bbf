/** Reads images and makes shares of them, in this thread or in some beside it. */
import type { Split } from "../data/dataset_index.ts";
import type { ImageSplit } from "../data/split.ts";
import type { NetworkConfig } from "../network/config.ts";
import { objectiveOf, type TrainingShare } from "./objective.ts";
import type { ShareRequest } from "./share_requests.ts";

/** Makes the shares of a run. */
export interface ShareSource {
  /** How many shares to ask for while one is used. */
  ahead: number;
  /** @throws {Error} When the images cannot be read. */
  make(request: Pick<ShareRequest, "indices" | "place">): Promise<TrainingShare>;
  /** Ends the threads beside this one; shares that were asked for never come. */
  close(): void;
}

/** What a thread needs to know before its first request. */
export interface ShareThreadStart {
  dir: string;
  split: Split;
  network: NetworkConfig;
  /** Those of an epoch, over which requests count; null for all of the split. */
  images: Uint32Array | null;
}

/** What a thread answers to each request, in their order. */
export type ShareThreadAnswer = { share: TrainingShare } | { error: string };

/** Shares ahead for each thread: the next is at hand when one ends, and a slow disk can catch up. */
const AHEAD_OF_EACH = 2;

/** More than a fast GPU takes: on an NVIDIA H200, with six, training waited 0.8% of its time. */
const MOST_THREADS = 6;

/** One core is for the thread that trains. */
const usualThreads = () => Math.min(Math.max(navigator.hardwareConcurrency - 1, 1), MOST_THREADS);

/** Makes shares here, when they are needed: right where training itself uses all cores. */
export function createShareSource(images: ImageSplit, network: NetworkConfig): ShareSource {
  const { makeShare } = objectiveOf(network);
  return {
    ahead: 0,
    make: async ({ indices, place }) => makeShare(await images.readImages(indices), place),
    close: () => {},
  };
}

/**
 * Makes shares in threads of their own, each in its turn, while this one keeps a GPU busy.
 * @param threads How many; the shares are the same for any number.
 */
export function startShareThreads(
  start: ShareThreadStart,
  threads = usualThreads(),
): ShareSource {
  const sources = Array.from({ length: threads }, () => startShareThread(start));
  let next = 0;
  return {
    ahead: AHEAD_OF_EACH * threads,
    make: (request) => sources[next++ % threads]!.make(request),
    close: () => sources.forEach((source) => source.close()),
  };
}

/** Starts one thread, which answers in the order of its requests. */
function startShareThread(start: ShareThreadStart): Pick<ShareSource, "make" | "close"> {
  const worker = new Worker(new URL("./share_thread.ts", import.meta.url), { type: "module" });
  const waiting: PromiseWithResolvers<TrainingShare>[] = [];
  let failure: Error | undefined;
  worker.onmessage = ({ data }: MessageEvent<ShareThreadAnswer>) => {
    const { resolve, reject } = waiting.shift()!;
    if ("share" in data) resolve(data.share);
    else reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    failure = new Error(`Cannot make batches: their thread failed: ${event.message}`);
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.postMessage(start);
  return {
    make: ({ indices, place }) => {
      if (failure) return Promise.reject(failure); // it would never answer
      const answer = Promise.withResolvers<TrainingShare>();
      waiting.push(answer);
      worker.postMessage({ indices, place });
      return answer.promise;
    },
    close: () => worker.terminate(),
  };
}
