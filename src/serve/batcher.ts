import { yieldToEventLoop } from "./event_loop.ts";

/** What a batcher is made of. */
export interface BatcherOptions<Item, Result> {
  /** Works on items of one key together; results come in their order. */
  run: (key: string, items: Item[]) => Promise<Result[]>;
  /** The most items like this one in a batch. */
  maxBatch: (item: Item) => number;
  /** How long an item waits for others that are on their way. */
  windowMs: number;
  /** How many items may arrive within the window. */
  expected: () => number;
  /** Told of each batch that ran. */
  onBatch?: (size: number) => void;
}

interface Entry<Item, Result> {
  key: string;
  item: Item;
  sinceMs: number;
  resolve: (result: Result) => void;
  reject: (reason: unknown) => void;
}

/**
 * Joins work of one kind that arrives close together. A lone item runs at once; items wait for each
 * other while a batch runs, or, up to the window, where more of them are known to be on their way.
 * The kind of the item that has waited longest is next.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>;
  readonly #waiting: Entry<Item, Result>[] = [];
  #arrival = Promise.withResolvers<void>();
  #isRunning = false;

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options;
  }

  /**
   * Adds an item.
   * @param key Only items of the same key can share a batch.
   * @param signal Takes the item out again while it waits.
   * @throws {unknown} What `run` threw for this item alone, or the signal's reason.
   */
  submit(key: string, item: Item, signal?: AbortSignal): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    if (signal?.aborted) return Promise.reject(signal.reason);
    const entry = { key, item, sinceMs: performance.now(), resolve, reject };
    const giveUp = () => {
      const at = this.#waiting.indexOf(entry);
      if (at >= 0) this.#waiting.splice(at, 1);
      reject(signal!.reason);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push(entry);
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
    if (!this.#isRunning) this.#runAll();
    return promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  async #runAll(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      if (await this.#waitsForMore(batch)) continue;
      for (const entry of batch) this.#waiting.splice(this.#waiting.indexOf(entry), 1);
      this.#options.onBatch?.(batch.length);
      await this.#run(batch);
      await yieldToEventLoop();
    }
    this.#isRunning = false;
  }

  #nextBatch(): Entry<Item, Result>[] {
    const { key, item } = this.#waiting[0]!;
    const most = Math.max(1, this.#options.maxBatch(item));
    return this.#waiting.filter((entry) => entry.key === key).slice(0, most);
  }

  /** Whether it has waited, and another look at what is there is due. */
  async #waitsForMore(batch: Entry<Item, Result>[]): Promise<boolean> {
    const { maxBatch, windowMs, expected } = this.#options;
    const leftMs = batch[0]!.sinceMs + windowMs - performance.now();
    if (batch.length >= maxBatch(batch[0]!.item) || leftMs <= 0 || expected() <= 0) return false;
    const timer = Promise.withResolvers<void>();
    const id = setTimeout(timer.resolve, leftMs);
    await Promise.race([timer.promise, this.#arrival.promise]);
    clearTimeout(id);
    return true;
  }

  /** When a batch fails, each of its items is tried alone: one must not cost the others. */
  async #run(batch: Entry<Item, Result>[]): Promise<void> {
    const { run } = this.#options;
    try {
      const results = await run(batch[0]!.key, batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(results[i]!));
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      for (const entry of batch) await this.#run([entry]);
    }
  }
}
