/** Services over a folder of small models, for tests. */
import { assertEquals } from "@std/assert";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import type { InferenceDevice } from "../../src/serve/inference_device.ts";
import { createService, type Service, type ServiceOptions } from "../../src/serve/service.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";

await startBackend("wasm");
export const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

/** A device that fails when told to. */
export function fakeDevice() {
  const lost = Promise.withResolvers<Error>();
  let failure: Error | undefined;
  let trims = 0;
  const device: InferenceDevice = {
    backend: "wasm",
    description: "test device",
    check: () => {
      if (failure) throw failure;
    },
    trim: () => trims++,
    lost: lost.promise,
  };
  return {
    device,
    lose: lost.resolve,
    fail: (error: Error) => failure = error,
    trims: () => trims,
  };
}

/** Runs a test on a service, whose processes end with it. */
export async function withService(
  options: Partial<ServiceOptions> & { device?: InferenceDevice },
  test: (service: Service) => Promise<void>,
): Promise<void> {
  const { device = fakeDevice().device, ...others } = options;
  const service = createService({
    modelsDir,
    defaultModel: "tiny",
    limits: { maxPixels: 250_000 },
    startDevice: () => Promise.resolve(device),
    processes: 2,
    ...others,
  });
  try {
    await test(service);
  } finally {
    await service.started.catch(() => {});
    await service.stop();
  }
}

/** The one file that a picture becomes. */
export async function colorize(service: Service, ...call: Parameters<Service["colorize"]>) {
  const { files } = await service.colorize(...call);
  assertEquals(files.length, 1);
  return files[0]!;
}

/** A gray picture, different for every number. */
export function grayPicture(number: number, { widthPx = 80 + number, heightPx = 60 } = {}): Image {
  const image = new Image(widthPx, heightPx);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    const gray = Math.round(128 + 100 * Math.sin((pixel % widthPx) / (3 + number) + number));
    image.bitmap.set([gray, gray, gray, 255], 4 * pixel);
  }
  return image;
}

export const PNG = { format: "png" } as const;

/** Waits until the service is in a state. */
export async function reached(service: Service, state: string): Promise<void> {
  for (let i = 0; i < 500 && service.status().state !== state; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(service.status().state, state);
}
