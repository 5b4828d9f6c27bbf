/** The device, the models on it, and the one line of work that it does. */
import { drawCandidateHints } from "../colorize/candidates.ts";
import { lookOf, vividnessFor } from "../colorize/colorize_image.ts";
import type { SmallPlanes } from "../colorize/edge_aware_upsample.ts";
import type { Model, ModelInfo } from "../colorize/model.ts";
import type { SmallCopy } from "../colorize/small_copy.ts";
import { abortable } from "./pictures/abortable.ts";
import { Batcher } from "./batcher.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import type { InferenceDevice } from "./inference_device.ts";
import { createLimiter } from "./limiter.ts";
import { ModelCache } from "./model_cache.ts";
import { type BatchItem, checkWork, mostTogether, predictCopies, warm } from "./predict_copies.ts";
import { ProblemError, retryLater } from "./problem.ts";

/** Where an engine is in its life; `detail` says why it is not ready. */
export type EngineStatus =
  | { state: "ready"; model: string; device: string }
  | { state: "starting" | "recovering" | "failed"; detail: string };

/** How colors are predicted. */
export interface InferOptions {
  vividness?: number | undefined;
  /** How many answers; one when left out. */
  candidates?: number | undefined;
  seed?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What an engine is made of. */
export interface EngineOptions {
  modelsDir: string;
  defaultModel: string;
  /** Starts a device; called again when one is lost. */
  startDevice: () => Promise<InferenceDevice>;
  /** Whether a device without a GPU will not do. */
  requireGpu?: boolean;
  /** Short sides that pictures will have, run once before it is ready; the model's unless told. */
  warmSizesPx?: readonly number[];
  maxBatch?: number;
  batchWindowMs?: number;
  /** How many pictures may soon arrive. */
  expected?: () => number;
  onBatch?: (size: number) => void;
}

const MAX_BATCH = 8;
const BATCH_WINDOW_MS = 4;

/** Pauses between attempts to start a device anew: doubled each time. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const RECOVERY_SECONDS = 2;

/** Runs the networks; starts a lost device anew. */
export class Engine {
  /** Settles when the default model is loaded and warm, or cannot be. */
  readonly started: Promise<void>;
  readonly #options: EngineOptions;
  readonly #batcher: Batcher<BatchItem, SmallPlanes>;
  // tfjs has one engine in a process: predictions go one after the other.
  readonly #oneAtATime = createLimiter(1);
  #models: ModelCache;
  #device: InferenceDevice | undefined;
  #status: EngineStatus;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { modelsDir, defaultModel } = options;
    this.#models = new ModelCache(modelsDir);
    this.#status = { state: "starting", detail: `${defaultModel} is being loaded` };
    this.#batcher = new Batcher({
      maxBatch: (item) => Math.min(options.maxBatch ?? MAX_BATCH, mostTogether(item)),
      windowMs: options.batchWindowMs ?? BATCH_WINDOW_MS,
      expected: options.expected ?? (() => 0),
      onBatch: options.onBatch ?? (() => {}),
      run: (key, items) => this.#predict(key, items),
    });
    this.started = this.#start();
    this.started.catch((error) => this.#fail(error));
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** What the device is called, once there is one. */
  get device(): Pick<InferenceDevice, "backend" | "description"> | undefined {
    return this.#device;
  }

  models(): Promise<ModelInfo[]> {
    return this.#models.list();
  }

  /** What fixes the answers of a model, on this device, as a text. */
  async version(model: string): Promise<string> {
    await this.started.catch(() => {});
    this.#refuseUnlessReady();
    const { backend, description } = this.#device!;
    return `${await this.#models.version(model)} ${backend} ${description}`;
  }

  /** Loads a model, once. @throws {ModelNotFoundError} When there is none of the name. */
  async load(name: string): Promise<Model> {
    await this.started.catch(() => {});
    this.#refuseUnlessReady();
    return await this.#models.load(name);
  }

  /**
   * Predicts the colors of one picture, one or several answers.
   * @throws {ProblemError} 503 while the device is being started anew.
   * @throws {unknown} The signal's reason.
   */
  async infer(
    model: Model,
    copy: SmallCopy,
    { vividness = vividnessFor(model), candidates = 1, seed = 0, signal }: InferOptions,
  ): Promise<SmallPlanes[]> {
    checkWork(model, copy.small);
    const copies = candidates === 1
      ? [copy]
      : await this.#candidates(model, copy, { count: candidates, seed, signal });
    const { widthPx, heightPx } = copy.small;
    return await Promise.all(copies.map((each) => {
      const { hints, closer } = each;
      const given = [hints !== undefined, closer !== undefined];
      const key = JSON.stringify([model.name, widthPx, heightPx, ...given]);
      return this.#batcher.submit(key, { copy: each, vividness }, signal);
    }));
  }

  /**
   * Does other work of a model, by itself.
   * @throws As `infer`.
   */
  async run<T>(
    model: Model,
    { small }: Pick<SmallCopy, "small">,
    work: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    checkWork(model, small);
    const done = this.#onDevice(() => {
      signal?.throwIfAborted(); // it may have waited
      return work();
    });
    done.catch(() => {}); // nobody may wait for it any more
    return await abortable(done, signal);
  }

  async #candidates(
    model: Model,
    copy: SmallCopy,
    { signal, ...options }: { count: number; seed: number; signal: AbortSignal | undefined },
  ) {
    const { lightness, small, hints, closer } = copy;
    const pause = async () => {
      await yieldToEventLoop();
      signal?.throwIfAborted();
    };
    const drawn = await this.#onDevice(() =>
      drawCandidateHints(model, lightness, { ...small, hints, closer, ...options, pause })
    );
    return drawn.map((hints) => ({ ...copy, hints }));
  }

  async #predict(key: string, items: BatchItem[]): Promise<SmallPlanes[]> {
    const model = await this.#models.load(JSON.parse(key)[0]);
    return await this.#onDevice(() => predictCopies(model, items));
  }

  async #onDevice<T>(work: () => Promise<T>): Promise<T> {
    return await this.#oneAtATime(async () => {
      this.#refuseUnlessReady();
      try {
        return await work();
      } finally {
        await yieldToEventLoop();
        this.#checkDevice(); // an error of the device outweighs what it has led to
        this.#device?.trim();
      }
    });
  }

  async #start(): Promise<void> {
    const { startDevice, defaultModel, requireGpu } = this.#options;
    const device = await startDevice();
    if (requireGpu && device.backend !== "webgpu") {
      throw new Error(`Cannot serve: a GPU is required, got ${device.description}`);
    }
    this.#device = device;
    device.lost.then((error) => this.#recover(device, error));
    const model = await this.#models.load(defaultModel);
    const sizes = this.#options.warmSizesPx;
    for (const look of sizes?.map((size) => lookOf(model, size)) ?? [lookOf(model)]) {
      await warm(model, look);
      device.check();
    }
    this.#status = { state: "ready", model: defaultModel, device: device.description };
  }

  #checkDevice(): void {
    const device = this.#device!;
    try {
      device.check();
    } catch (cause) {
      this.#recover(device, cause instanceof Error ? cause : new Error(String(cause)));
    }
    this.#refuseUnlessReady();
  }

  /** Starts a device anew, until one runs: what lay on the lost one is gone. */
  async #recover(lost: InferenceDevice, error: Error): Promise<void> {
    if (lost !== this.#device || this.#status.state === "recovering") return;
    this.#device = undefined;
    this.#status = { state: "recovering", detail: error.message };
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      try {
        await this.#oneAtATime(() => {
          this.#models = new ModelCache(this.#options.modelsDir);
          return this.#start();
        });
        return;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        this.#status = { state: "recovering", detail: `${error.message}; ${reason}` };
      }
    }
  }

  #fail(cause: unknown): void {
    const detail = cause instanceof Error ? cause.message : String(cause);
    this.#status = { state: "failed", detail };
  }

  #refuseUnlessReady(): void {
    const status = this.#status;
    if (status.state === "recovering") {
      const message = `Cannot colorize: the device is being started anew, ${status.detail}`;
      throw retryLater(503, message, RECOVERY_SECONDS);
    }
    if (status.state === "failed") {
      const { detail } = status;
      throw new ProblemError(503, `Cannot colorize: the service must be restarted, ${detail}`);
    }
  }
}
