/** The colorization service: models, device and state behind the routes. */
import { Image } from "imagescript";
import { colorizeImage } from "../colorize/colorize_image.ts";
import type { Model, ModelInfo } from "../colorize/model.ts";
import { decodeImage } from "../image/decode.ts";
import { encodeImage, type OutputFormat } from "../image/encode.ts";
import type { ImageLimits } from "../image/limits.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import { createLimiter } from "./limiter.ts";
import { ModelCache } from "./model_cache.ts";
import { ProblemError } from "./problem.ts";

/** The part of a started backend that the service watches. */
export interface InferenceDevice {
  backend: string;
  description: string;
  /** Throws the first GPU error seen. */
  check(): void;
  /** Gives back memory that pictures of other sizes have left behind. */
  trim(): void;
  /** Resolves when the device is gone. */
  lost: Promise<Error>;
}

/** Where the service is in its life; `detail` says why it is not ready. */
export type ServiceStatus =
  | { state: "ready"; model: string; device: string }
  | { state: "starting" | "draining" | "failed"; detail: string };

/** How a request wants its picture colorized. */
export interface PictureOptions {
  model?: string | undefined;
  sizePx?: number | undefined;
  format: OutputFormat;
}

/** What the routes call. */
export interface Service {
  /** Settles when the default model is loaded and warm, or cannot be. */
  started: Promise<void>;
  status(): ServiceStatus;
  defaultModel: string;
  models(): Promise<ModelInfo[]>;
  /** Colorizes picture bytes; waits for the start. */
  colorize(picture: Uint8Array, options: PictureOptions): Promise<Uint8Array>;
  /** Stops being ready; requests still finish. */
  drain(): void;
}

/** What a service is made of. */
export interface ServiceOptions {
  modelsDir: string;
  defaultModel: string;
  limits: Partial<ImageLimits>;
  startDevice: () => Promise<InferenceDevice>;
}

/** Pictures in memory at the same time; further requests wait as compressed bytes. */
const MAX_PICTURES = 4;

/** Starts a service: the device, the default model, one picture to warm both. */
export function createService(options: ServiceOptions): Service {
  return new ColorizeService(options);
}

class ColorizeService implements Service {
  readonly defaultModel: string;
  readonly started: Promise<void>;
  readonly #options: ServiceOptions;
  readonly #models: ModelCache;
  readonly #pictureRoom = createLimiter(MAX_PICTURES);
  // The engine of tfjs is one per process: predictions go one after the other.
  readonly #inferenceRoom = createLimiter(1);
  #status: ServiceStatus;
  #device: InferenceDevice | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.defaultModel = options.defaultModel;
    this.#models = new ModelCache(options.modelsDir);
    this.#status = { state: "starting", detail: `${this.defaultModel} is being loaded` };
    this.started = this.#start();
    this.started.catch((error) => this.#fail(error));
  }

  status(): ServiceStatus {
    return this.#status;
  }

  models(): Promise<ModelInfo[]> {
    return this.#models.list();
  }

  async colorize(picture: Uint8Array, options: PictureOptions): Promise<Uint8Array> {
    await this.started.catch(() => {});
    this.#refuseWhenFailed();
    return await this.#colorize(picture, options);
  }

  drain(): void {
    if (this.#status.state === "failed") return;
    this.#status = { state: "draining", detail: "the server is stopping" };
  }

  async #start(): Promise<void> {
    const device = this.#device = await this.#options.startDevice();
    device.lost.then((error) => this.#fail(error));
    await this.#models.load(this.defaultModel);
    const blank = await encodeImage(new Image(64, 64), { format: "png" });
    await this.#colorize(blank, { format: "png" });
    if (this.#status.state === "starting") {
      this.#status = { state: "ready", model: this.defaultModel, device: device.description };
    }
  }

  async #colorize(picture: Uint8Array, options: PictureOptions): Promise<Uint8Array> {
    const { model: name = this.defaultModel, sizePx, format } = options;
    const model = await this.#models.load(name);
    return await this.#pictureRoom(async () => {
      const { limits } = this.#options;
      const image = await decodeImage(picture, { name: "the picture", limits });
      const colorized = await this.#inferenceRoom(() => this.#infer(image, model, sizePx));
      return await encodeImage(colorized, { format });
    });
  }

  async #infer(image: Image, model: Model, sizePx: number | undefined): Promise<Image> {
    this.#refuseWhenFailed();
    try {
      return await colorizeImage(image, model, sizePx === undefined ? {} : { sizePx });
    } finally {
      await yieldToEventLoop();
      this.#checkDevice(); // an error of the device outweighs what it has led to
      this.#device?.trim();
    }
  }

  #checkDevice(): void {
    try {
      this.#device?.check();
    } catch (cause) {
      this.#fail(cause);
    }
    this.#refuseWhenFailed();
  }

  #fail(cause: unknown): void {
    const detail = cause instanceof Error ? cause.message : String(cause);
    this.#status = { state: "failed", detail };
  }

  #refuseWhenFailed(): void {
    if (this.#status.state !== "failed") return;
    const { detail } = this.#status;
    throw new ProblemError(503, `Cannot colorize: the service must be restarted, ${detail}`);
  }
}
