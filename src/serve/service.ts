/** The colorization service: models, device and state behind the routes. */
import { Image } from "imagescript";
import { colorizeImage } from "../colorize/colorize_image.ts";
import { listModels, loadModel, type Model, type ModelInfo } from "../colorize/model.ts";
import { decodeImage } from "../image/decode.ts";
import { encodeImage, type OutputFormat } from "../image/encode.ts";
import type { ImageLimits } from "../image/limits.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import { createLimiter } from "./limiter.ts";
import { ProblemError } from "./problem.ts";

/** The part of a started backend that the service watches. */
export interface InferenceDevice {
  backend: string;
  description: string;
  /** Throws the first GPU error seen. */
  check(): void;
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
  const { modelsDir, defaultModel, limits } = options;
  let status: ServiceStatus = { state: "starting", detail: `${defaultModel} is being loaded` };
  let device: InferenceDevice;
  let infos: Promise<ModelInfo[]> | undefined;
  const loadedModels = new Map<string, Promise<Model>>();
  const pictureRoom = createLimiter(MAX_PICTURES);
  // The engine of tfjs is one per process: predictions go one after the other.
  const inferenceRoom = createLimiter(1);

  function fail(cause: unknown): void {
    const detail = cause instanceof Error ? cause.message : String(cause);
    status = { state: "failed", detail };
  }

  async function start(): Promise<void> {
    device = await options.startDevice();
    device.lost.then(fail);
    await model(defaultModel);
    const blank = await encodeImage(new Image(64, 64), { format: "png" });
    await colorize(blank, { format: "png" });
    if (status.state === "starting") {
      status = { state: "ready", model: defaultModel, device: device.description };
    }
  }

  function model(name: string): Promise<Model> {
    const loading = loadedModels.get(name) ?? loadModel(modelsDir, name);
    loadedModels.set(name, loading);
    loading.catch(() => loadedModels.delete(name)); // one that is put right later can be asked for
    return loading;
  }

  /** Listed once: counting parameters builds every network. */
  function models(): Promise<ModelInfo[]> {
    const listing = infos ??= listModels(modelsDir);
    listing.catch(() => infos = undefined);
    return listing;
  }

  async function colorize(picture: Uint8Array, { model: name, sizePx, format }: PictureOptions) {
    const loaded = await model(name ?? defaultModel);
    return await pictureRoom(async () => {
      const image = await decodeImage(picture, { name: "the picture", limits });
      const colorized = await inferenceRoom(() => infer(image, loaded, sizePx));
      return await encodeImage(colorized, { format });
    });
  }

  async function infer(image: Image, loaded: Model, sizePx: number | undefined): Promise<Image> {
    refuseWhenFailed();
    try {
      return await colorizeImage(image, loaded, { ...(sizePx && { sizePx }) });
    } finally {
      await yieldToEventLoop();
      try {
        device.check();
      } catch (cause) {
        fail(cause);
      }
      refuseWhenFailed();
    }
  }

  function refuseWhenFailed(): void {
    if (status.state !== "failed") return;
    throw new ProblemError(503, `Cannot colorize: the service must be restarted, ${status.detail}`);
  }

  const started = start();
  started.catch(fail);
  return {
    started,
    defaultModel,
    status: () => status,
    models,
    async colorize(picture, pictureOptions) {
      await started.catch(() => {});
      refuseWhenFailed();
      return await colorize(picture, pictureOptions);
    },
    drain: () => {
      if (status.state === "failed") return;
      status = { state: "draining", detail: "the server is stopping" };
    },
  };
}
