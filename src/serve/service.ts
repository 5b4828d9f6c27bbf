/** The colorization service behind the routes: a queue, processes for pictures, and the engine. */
import { type ColorizeOptions, lookOf } from "../colorize/colorize_image.ts";
import type { Model, ModelInfo } from "../colorize/model.ts";
import type { SmallPlanes } from "../colorize/edge_aware_upsample.ts";
import { predictMatched } from "../colorize/transfer_by_features.ts";
import { type SuggestedColor, suggestInCopy } from "../colorize/uncertainty.ts";
import type { OutputFormat } from "../image/encode.ts";
import type { ImageLimits } from "../image/limits.ts";
import { Admission, type AdmissionLimits, type Ticket } from "./admission.ts";
import { checkOptions } from "./check_options.ts";
import { type ColorSource, needsNetwork, wayOf } from "./color_source.ts";
import { Engine, type EngineOptions, type EngineStatus } from "./engine.ts";
import { PicturePool } from "./pictures/picture_pool.ts";
import type { OpenPicture } from "./pictures/pooled_picture.ts";
import type { StageMs } from "./pictures/protocol.ts";
import { mostPixels } from "./predict_copies.ts";
import { ProblemError } from "./problem.ts";

/** Where the service is in its life; `detail` says why it is not ready. */
export type ServiceStatus = EngineStatus | { state: "draining"; detail: string };

/** How a request wants its picture colorized. */
export interface PictureOptions {
  model?: string | undefined;
  sizePx?: number | undefined;
  vividness?: number | undefined;
  points?: ColorizeOptions["points"] | undefined;
  candidates?: number | undefined;
  seed?: number | undefined;
  /** Where colors come from; a network when left out. */
  source?: ColorSource | undefined;
  format: OutputFormat;
  quality?: number | undefined;
  /** Ends the work. */
  signal?: AbortSignal | undefined;
}

/** Where colors are suggested, and how many. */
export interface SuggestOptions
  extends Pick<PictureOptions, "model" | "sizePx" | "points" | "signal"> {
  /** Parts of the sides, 0..1. */
  x: number;
  y: number;
  count: number;
}

/** Durations of one request by stage; `wait` is for a free process. */
export type RequestMs = StageMs & Partial<Record<"wait" | "infer", number>>;

/** A picture that was colorized. */
export interface Colorized {
  /** One, or as many as there are candidates. */
  files: Uint8Array[];
  ms: RequestMs;
}

/** What the routes call. */
export interface Service {
  /** Settles when the default model is loaded and warm, or cannot be. */
  started: Promise<void>;
  status(): ServiceStatus;
  defaultModel: string;
  models(): Promise<ModelInfo[]>;
  /** Requests at hand. */
  depth(): number;
  /** Resident memory of this process and those that hold pictures. */
  memoryBytes(): number;
  /** What the service runs on, once it does. */
  device(): { backend: string; description: string } | undefined;
  /** What fixes the answers of a model, on this device, as a text. */
  version(model: string | undefined): Promise<string>;
  /** Takes a request in before its body is read. @throws {ProblemError} 503 when there is no room. */
  admit(): Ticket;
  /** Colorizes picture bytes; waits for the start. */
  colorize(picture: Uint8Array, options: PictureOptions): Promise<Colorized>;
  /** Suggests colors for a place of a picture; waits for the start. */
  suggest(picture: Uint8Array, options: SuggestOptions): Promise<SuggestedColor[]>;
  /** Stops being ready; requests still finish. */
  drain(): void;
  /** Ends the processes. */
  stop(): Promise<void>;
}

/** What a service is made of. */
export interface ServiceOptions extends Omit<EngineOptions, "expected"> {
  limits: Partial<ImageLimits>;
  admission?: Partial<AdmissionLimits>;
  /** Processes that decode and encode; as many as the machine has cores when left out. */
  processes?: number;
}

const ADMISSION: AdmissionLimits = { maxRequests: 64, maxQueuedBytes: 256e6 };
const MOST_PROCESSES = 4;
/** Short side of a copy that no network looks at. */
const UNSEEN_PX = 8;

/** Starts a service: its processes, the device, the default model. */
export function createService(options: ServiceOptions): Service {
  return new ColorizeService(options);
}

class ColorizeService implements Service {
  readonly defaultModel: string;
  readonly started: Promise<void>;
  readonly #limits: Partial<ImageLimits>;
  readonly #admission: Admission;
  readonly #pool: PicturePool;
  readonly #engine: Engine;
  #isDraining = false;
  /** Pictures that are being opened, and will soon want the engine. */
  #opening = 0;

  constructor({ limits, admission, processes, ...engine }: ServiceOptions) {
    this.defaultModel = engine.defaultModel;
    this.#limits = limits;
    this.#admission = new Admission({ ...ADMISSION, ...admission });
    const cores = Math.min(navigator.hardwareConcurrency, MOST_PROCESSES);
    this.#pool = new PicturePool(processes ?? cores);
    this.#engine = new Engine({ ...engine, expected: () => this.#opening });
    this.started = this.#engine.started;
  }

  status(): ServiceStatus {
    const { status } = this.#engine;
    if (!this.#isDraining || status.state === "failed") return status;
    return { state: "draining", detail: "the server is stopping" };
  }

  models(): Promise<ModelInfo[]> {
    return this.#engine.models();
  }

  depth(): number {
    return this.#admission.depth;
  }

  memoryBytes(): number {
    return Deno.memoryUsage().rss + this.#pool.memoryBytes;
  }

  device(): { backend: string; description: string } | undefined {
    return this.#engine.device;
  }

  version(model: string | undefined): Promise<string> {
    return this.#engine.version(model ?? this.defaultModel);
  }

  admit(): Ticket {
    return this.#admission.enter();
  }

  async colorize(
    picture: Uint8Array,
    { model: name = this.defaultModel, format, quality, ...options }: PictureOptions,
  ): Promise<Colorized> {
    const model = needsNetwork(options.source) ? await this.#engine.load(name) : undefined;
    if (model) checkOptions(model, options);
    const startedMs = performance.now();
    const opened = await this.#open(picture, model, options);
    try {
      const openedMs = performance.now();
      const { decode = 0, prepare = 0 } = opened.ms;
      const ms: RequestMs = { ...opened.ms, wait: openedMs - startedMs - decode - prepare };
      const answers = model ? await this.#predict(model, opened, options) : [undefined];
      ms.infer = performance.now() - openedMs;
      const files: Uint8Array[] = [];
      for (const [i, planes] of answers.entries()) {
        const isLast = i === answers.length - 1;
        const { file, ms: spent } = await opened.paint(planes, { format, quality, isLast });
        files.push(file);
        ms.paint = (ms.paint ?? 0) + spent.paint!;
        ms.encode = (ms.encode ?? 0) + spent.encode!;
      }
      return { files, ms };
    } finally {
      opened.close();
    }
  }

  async suggest(
    picture: Uint8Array,
    { model: name = this.defaultModel, x, y, count, ...options }: SuggestOptions,
  ): Promise<SuggestedColor[]> {
    const model = await this.#engine.load(name);
    if (!model.network.distribution) {
      const rule = "the model must predict distributions of colors";
      throw new ProblemError(422, `Cannot suggest colors: ${rule}, got ${name}`);
    }
    const opened = await this.#open(picture, model, options);
    opened.close(); // the copy is all that it takes
    const { signal } = options;
    return await this.#engine.run(
      model,
      opened,
      () => suggestInCopy(model, opened, { x, y, count }),
      signal,
    );
  }

  /** One or several answers of a network. */
  async #predict(
    model: Model,
    opened: OpenPicture,
    options: Omit<PictureOptions, "model" | "format" | "quality">,
  ): Promise<SmallPlanes[]> {
    const { compared } = opened;
    const { signal } = options;
    if (!compared) return await this.#engine.infer(model, opened, options);
    const match = () => predictMatched(model, opened, { ...compared, signal });
    return [await this.#engine.run(model, opened, match, signal)];
  }

  /** Where no size is asked for, a copy that is too large for the model becomes smaller. */
  async #open(
    picture: Uint8Array,
    model: Model | undefined,
    { sizePx, points, source, seed, signal }: Pick<
      PictureOptions,
      "sizePx" | "points" | "source" | "seed" | "signal"
    >,
  ): Promise<OpenPicture> {
    const only = source?.kind === "transfer" && { closer: false }; // matches are looked at once
    const size = sizePx === undefined && model
      ? { ...lookOf(model), ...only, maxCopyPixels: mostPixels(model) }
      : { sizePx: sizePx ?? UNSEEN_PX };
    if (model) this.#opening++;
    try {
      return await this.#pool.open(picture, {
        ...{ limits: this.#limits, ...size, points, signal },
        ...wayOf(source, seed),
      });
    } finally {
      if (model) this.#opening--;
    }
  }

  drain(): void {
    this.#isDraining = true;
  }

  async stop(): Promise<void> {
    await this.#pool.stop();
  }
}
