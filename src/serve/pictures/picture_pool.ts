/** Processes that hold the pictures at hand: decoded, painted and encoded apart from the server. */
import { PictureProcess } from "./picture_process.ts";
import { type OpenPicture, PooledPicture } from "./pooled_picture.ts";
import type { OpenOptions } from "./protocol.ts";

/** The pool is stopping, and takes no more pictures. */
export class PicturePoolStopped extends Error {
  override name = "PicturePoolStopped";
}

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
   * @param options.companion Strokes or a reference, as the way needs.
   * @param options.signal Gives up waiting, and the picture itself.
   * @throws {ImageError} When it cannot be decoded.
   * @throws {PictureOptionError} When the size, a point or what the way needs does not fit it.
   * @throws {unknown} The signal's reason.
   */
  async open(
    bytes: Uint8Array,
    { companion, signal, ...options }: OpenOptions & {
      companion?: Uint8Array | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<OpenPicture> {
    const picture = new PooledPicture({
      files: companion ? [bytes, companion] : [bytes],
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
