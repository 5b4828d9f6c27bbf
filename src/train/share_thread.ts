/** A thread of `startShareThreads`: reads images and makes shares, one request after the other. */
import { openChosenSplit } from "../data/chosen_split.ts";
import type { TrainingShare } from "./objective.ts";
import type { ShareRequest } from "./share_requests.ts";
import {
  createShareSource,
  type ShareSource,
  type ShareThreadAnswer,
  type ShareThreadStart,
} from "./share_source.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent<ShareThreadStart | ShareRequest>) => void;
  postMessage(answer: ShareThreadAnswer, transfer: Transferable[]): void;
};

let source: Promise<ShareSource>;
let answered = Promise.resolve();

scope.onmessage = ({ data }) => {
  if ("dir" in data) {
    source = open(data);
    source.catch(() => {}); // each answer tells it; unheard it would end this thread
  } else {
    answered = answered.then(() => answer(data));
  }
};

async function open(
  { dir, split, network, images }: ShareThreadStart,
): Promise<ShareSource> {
  return createShareSource(await openChosenSplit(dir, split, images), network);
}

async function answer(request: ShareRequest): Promise<void> {
  try {
    const share = await (await source).make(request);
    scope.postMessage({ share }, buffersOf(share));
  } catch (error) {
    scope.postMessage({ error: (error as Error).message }, []);
  }
}

/** The memory behind a share's arrays, which changes hands instead of being copied. */
function buffersOf(share: TrainingShare): Transferable[] {
  const arrays = Object.values(share).filter((value) => ArrayBuffer.isView(value));
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
