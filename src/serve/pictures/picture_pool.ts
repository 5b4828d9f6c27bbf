/** Processes that hold the pictures at hand: decoded, painted and encoded apart from the server. */
import { ImageError } from "../../image/errors.ts";
import type { SmallPlanes } from "../../colorize/edge_aware_upsample.ts";
import type { SmallCopy } from "../../colorize/small_copy.ts";
import type { SizePx } from "../../image/resize.ts";
import { abortable } from "./abortable.ts";
import type { Message } from "./messages.ts";
import { PictureProcess, PictureProcessStopped } from "./picture_process.ts";
import {
  bytesOf,
  floatsOf,
  type OpenOptions,
  type PaintOptions,
  type Reply,
  type StageMs,
} from "./protocol.ts";

/** A picture asks for something that does not fit it, such as a point outside. */
export class PictureOptionError extends RangeError {
  override name = "PictureOptionError";
}

/** The pool is stopping, and takes no more pictures. */
export class PicturePoolStopped extends Error {
  override name = "PicturePoolStopped";
}

/** A picture that a process holds until it is closed. */
export interface OpenPicture extends SmallCopy {
  full: SizePx;
  ms: StageMs;
  /**
   * Joins colors with the picture's lightness and encodes the result. After the last one the
   * picture is closed.
   * @throws As `PicturePool.open`.
   */
  paint(planes: SmallPlanes, options: PaintOptions): Promise<{ file: Uint8Array; ms: StageMs }>;
  /** Gives its process to the next picture. */
  close(): void;
}

/** A process whose job was given up ends this much later, unless it is done before. */
const PATIENCE_MS = 1000;

/** A number of picture processes; one that stops is started anew. */
export class PicturePool {
  readonly #free: PictureProcess[] = [];
  readonly #waiting: PromiseWithResolvers<PictureProcess>[] = [];
  readonly #all = new Set<PictureProcess>();
  #isStopping = false;

  /** @throws {Deno.errors.NotCapable} Without the right to run Deno. */
  constructor(processes: number) {
    for (let i = 0; i < processes; i++) this.#start();
  }

  /** Ids of the processes that run. */
  get pids(): number[] {
    return [...this.#all].map(({ pid }) => pid);
  }

  /** Resident memory of all processes, as of their last answers. */
  get memoryBytes(): number {
    return [...this.#all].reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  /**
   * Opens a picture in the next process that is free. A process that stops meanwhile, as by a
   * picture that its decoder cannot stand, is replaced, and the picture given to another one, once.
   * @param options.signal Gives up waiting, and the picture itself.
   * @throws {ImageError} When it cannot be decoded.
   * @throws {PictureOptionError} When the size or a point does not fit the picture.
   * @throws {unknown} The signal's reason.
   */
  async open(
    bytes: Uint8Array,
    { signal, ...options }: OpenOptions & { signal?: AbortSignal | undefined },
  ): Promise<OpenPicture> {
    const picture = new PooledPicture({
      bytes,
      options,
      signal,
      take: () => this.#take(signal),
      give: (process) => this.#give(process),
    });
    return await picture.open();
  }

  /** Ends all processes, whatever they are doing, and refuses pictures that wait. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const { reject } of this.#waiting.splice(0)) reject(stopped());
    await Promise.all([...this.#all].map((process) => process.stop()));
  }

  #start(): void {
    const process = new PictureProcess();
    this.#all.add(process);
    process.ended.then(() => {
      this.#all.delete(process);
      const at = this.#free.indexOf(process);
      if (at >= 0) this.#free.splice(at, 1);
      if (!this.#isStopping) this.#start();
    });
    this.#give(process);
  }

  async #take(signal: AbortSignal | undefined): Promise<PictureProcess> {
    if (this.#isStopping) throw stopped();
    const free = this.#free.pop();
    if (free) return free;
    const turn = Promise.withResolvers<PictureProcess>();
    this.#waiting.push(turn);
    const giveUp = () => {
      const at = this.#waiting.indexOf(turn);
      if (at >= 0) this.#waiting.splice(at, 1);
      turn.reject(signal!.reason);
    };
    signal?.addEventListener("abort", giveUp);
    try {
      return await turn.promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #give(process: PictureProcess): void {
    if (!process.isRunning) return; // its successor comes by itself
    const next = this.#waiting.shift();
    if (next) next.resolve(process);
    else this.#free.push(process);
  }
}

function stopped(): PicturePoolStopped {
  return new PicturePoolStopped("Cannot open a picture: the server is stopping");
}

interface PooledOptions {
  bytes: Uint8Array;
  options: OpenOptions;
  signal: AbortSignal | undefined;
  take: () => Promise<PictureProcess>;
  give: (process: PictureProcess) => void;
}

/** A picture, and the process that holds it. */
class PooledPicture {
  readonly #own: PooledOptions;
  #process: PictureProcess | undefined;

  constructor(own: PooledOptions) {
    this.#own = own;
  }

  async open(): Promise<OpenPicture> {
    const { header, body } = await this.#twice(() => this.#open());
    if (header.kind !== "opened") throw new TypeError(`Cannot open: got ${header.kind}`);
    const { small, full, hasHints, ms } = header;
    const floats = floatsOf(body);
    const pixels = small.widthPx * small.heightPx;
    return {
      ...{ small, full, ms },
      lightness: floats.subarray(0, pixels),
      hints: hasHints ? floats.subarray(pixels) : undefined,
      paint: (planes, options) => this.#paintTwice(planes, options),
      close: () => this.#close(),
    };
  }

  async #open(): Promise<Message<Reply>> {
    this.#own.signal?.throwIfAborted();
    this.#process ??= await this.#own.take();
    return await this.#ask({ kind: "open", ...this.#own.options }, [this.#own.bytes]);
  }

  async #paintTwice(planes: SmallPlanes, options: PaintOptions) {
    const { lightness, ab, widthPx, heightPx } = planes;
    const { header, body } = await this.#twice(async () => {
      if (!this.#process) await this.#open();
      const request = { kind: "paint", small: { widthPx, heightPx }, ...options } as const;
      return await this.#ask(request, [bytesOf(lightness), bytesOf(ab)]);
    });
    if (header.kind !== "painted") throw new TypeError(`Cannot paint: got ${header.kind}`);
    return { file: body, ms: header.ms };
  }

  /** Once more with another process when one stops; a second one must have stopped of the picture. */
  async #twice(job: () => Promise<Message<Reply>>): Promise<Message<Reply>> {
    try {
      return await job();
    } catch (error) {
      if (!(error instanceof PictureProcessStopped)) throw error;
    }
    try {
      return await job();
    } catch (cause) {
      if (!(cause instanceof PictureProcessStopped)) throw cause;
      const reason = "its decoder stopped twice";
      throw new ImageError("malformed", `Cannot decode the picture: ${reason}`, { cause });
    }
  }

  async #ask(...[request, parts]: Parameters<PictureProcess["ask"]>): Promise<Message<Reply>> {
    const process = this.#process!;
    const { signal } = this.#own;
    const asked = process.ask(request, parts);
    try {
      const reply = await abortable(asked, signal);
      checkReply(reply.header);
      return reply;
    } catch (error) {
      this.#process = undefined;
      if (signal?.aborted) this.#giveWhenDone(process, asked);
      else this.#own.give(process);
      throw error;
    }
  }

  /** The answer of a job that was given up would be taken for that of the next. */
  async #giveWhenDone(process: PictureProcess, asked: Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => process.stop(), PATIENCE_MS);
    await asked.catch(() => {});
    clearTimeout(timer);
    this.#own.give(process);
  }

  #close(): void {
    if (this.#process) this.#own.give(this.#process);
    this.#process = undefined;
  }
}

function checkReply(reply: Reply): void {
  if (reply.kind === "failed") throw new Error(reply.message);
  if (reply.kind !== "refused") return;
  if (reply.reason === "option") throw new PictureOptionError(reply.message);
  throw new ImageError(reply.reason, reply.message);
}
