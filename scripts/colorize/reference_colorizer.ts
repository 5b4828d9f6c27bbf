import type { Image } from "imagescript";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { loadModel, type Model } from "../../src/colorize/model.ts";
import {
  checkReference,
  transferColors,
  type TransferOptions,
} from "../../src/colorize/transfer_colors.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { textFlag } from "../command/flags.ts";
import type { Arguments } from "../command/run.ts";
import { type Colorizer, type ColorizerSettings, modelName, readPhoto } from "./colorizer.ts";
import type { ReferenceOptions } from "./reference_flags.ts";

/**
 * Takes the colors of another picture; starts a device and loads a model where features are asked
 * for.
 * @throws {Error} When the reference cannot be read or has no colors, naming it.
 */
export async function referenceColorizer(
  args: Arguments,
  { path, transfer, swatches }: ReferenceOptions,
  { backend, sizePx, quality, palette }: ColorizerSettings & { backend: BackendChoice },
): Promise<Colorizer> {
  const reference = await readReference(path);
  const { seed } = palette;
  const device = transfer === "features" ? await startBackend(backend) : undefined;
  if (device) console.error(`device: ${device.description} (${device.reason})`);
  const options: TransferOptions = transfer === "welsh"
    ? { transfer, swatches, seed }
    : { transfer, sizePx, seed, model: await loadNamed(args) };
  return {
    async colorize(photo, format) {
      const picture = await transferColors(await readPhoto(photo), reference, options);
      device?.check();
      device?.trim();
      return { files: [await encodeImage(picture, { format, ...(quality && { quality }) })] };
    },
    suggest: () => Promise.reject(new TypeError("Cannot suggest colors: must be asked of a model")),
    check: () => device?.check(),
  };
}

async function readReference(path: string): Promise<Image> {
  try {
    const reference = await readPhoto(path);
    checkReference(reference);
    return reference;
  } catch (cause) {
    throw new Error(`Cannot use --reference ${path}`, { cause });
  }
}

function loadNamed(args: Arguments): Promise<Model> {
  return loadModel(textFlag(args, "models")!, modelName(args));
}
