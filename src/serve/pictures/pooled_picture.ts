/** One picture of a pool: opened, painted, and given to another process when its own stops. */
import type { SmallPlanes } from "../../colorize/edge_aware_upsample.ts";
import { CLOSER, closerSize } from "../../colorize/looks.ts";
import type { SmallCopy } from "../../colorize/small_copy.ts";
import type { ComparedCopies } from "../../colorize/transfer_by_features.ts";
import { ImageError } from "../../image/errors.ts";
import type { SizePx } from "../../image/resize.ts";
import { abortable } from "./abortable.ts";
import type { Message } from "./messages.ts";
import { type PictureProcess, PictureProcessStopped } from "./picture_process.ts";
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

/** A picture that a process holds until it is closed. */
export interface OpenPicture extends SmallCopy {
  full: SizePx;
  /** Copies that a network is to compare, where the way asks for it. */
  compared?: ComparedCopies | undefined;
  ms: StageMs;
  /**
   * Joins colors with the picture's lightness and encodes the result. After the last one the
   * picture is closed.
   * @param planes Undefined where the way needs no network.
   * @throws As `PicturePool.open`.
   */
  paint(
    planes: SmallPlanes | undefined,
    options: PaintOptions,
  ): Promise<{ file: Uint8Array; ms: StageMs }>;
  /** Gives its process to the next picture. */
  close(): void;
}

/** A process whose job was given up ends this much later, unless it is done before. */
const PATIENCE_MS = 1000;

/** What a picture is made of, and where its process comes from and goes to. */
export interface PooledOptions {
  /** The picture, and what comes beside it. */
  files: [picture: Uint8Array, ...companion: Uint8Array[]];
  options: OpenOptions;
  signal: AbortSignal | undefined;
  take: () => Promise<PictureProcess>;
  give: (process: PictureProcess) => void;
}

/** A picture, and the process that holds it. */
export class PooledPicture {
  readonly #own: PooledOptions;
  #process: PictureProcess | undefined;

  constructor(own: PooledOptions) {
    this.#own = own;
  }

  async open(): Promise<OpenPicture> {
    const { header, body } = await this.#twice(() => this.#open());
    if (header.kind !== "opened") throw new TypeError(`Cannot open: got ${header.kind}`);
    const { small, full, ms } = header;
    return {
      ...{ small, full, ms, ...planesOf(header, floatsOf(body)) },
      paint: (planes, options) => this.#paintTwice(planes, options),
      close: () => this.#close(),
    };
  }

  async #open(): Promise<Message<Reply>> {
    this.#own.signal?.throwIfAborted();
    this.#process ??= await this.#own.take();
    const { files, options } = this.#own;
    return await this.#ask({ kind: "open", pictureBytes: files[0].length, ...options }, files);
  }

  async #paintTwice(planes: SmallPlanes | undefined, options: PaintOptions) {
    const small = planes && { widthPx: planes.widthPx, heightPx: planes.heightPx };
    const parts = planes ? [bytesOf(planes.lightness), bytesOf(planes.ab)] : [];
    const { header, body } = await this.#twice(async () => {
      if (!this.#process) await this.#open();
      return await this.#ask({ kind: "paint", small, ...options }, parts);
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

/** The planes of a body, one after the other. */
function planesOf(
  { small, hasHints, hasCloser, compared }: Extract<Reply, { kind: "opened" }>,
  floats: Float32Array,
) {
  let at = 0;
  const take = ({ widthPx, heightPx }: SizePx, channels = 1) => {
    const start = at;
    at += widthPx * heightPx * channels;
    return floats.subarray(start, at);
  };
  const lightness = take(small);
  const hints = hasHints ? take(small, 3) : undefined;
  const closer = hasCloser ? CLOSER.map((scale) => take(closerSize(small, scale))) : undefined;
  if (!compared) return { lightness, hints, closer };
  const target = { ...compared.target, lightness: take(compared.target) };
  const { source } = compared;
  return {
    ...{ lightness, hints, closer },
    compared: { target, source: { ...source, lightness: take(source), ab: take(source, 2) } },
  };
}

function checkReply(reply: Reply): void {
  if (reply.kind === "failed") throw new Error(reply.message);
  if (reply.kind !== "refused") return;
  if (reply.reason === "option") throw new PictureOptionError(reply.message);
  throw new ImageError(reply.reason, reply.message);
}
