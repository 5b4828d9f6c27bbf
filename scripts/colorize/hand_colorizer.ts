/** Colorizes by the colors that a person gives. */
import type { Image } from "imagescript";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { predictColors } from "../../src/colorize/colorize_image.ts";
import type { SmallPlanes } from "../../src/colorize/edge_aware_upsample.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { propagateColors } from "../../src/colorize/propagate_colors.ts";
import { seedsByHand } from "../../src/colorize/seeds_by_hand.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { textFlag } from "../command/flags.ts";
import type { Arguments } from "../command/run.ts";
import { type Colorizer, type ColorizerSettings, modelName, readPhoto } from "./colorizer.ts";
import type { HandOptions } from "./hand_flags.ts";

/** A network's colors of a photo, and how its device does. */
interface Base {
  predict(image: Image): Promise<SmallPlanes>;
  check(): void;
}

/** Starts a network only where it is to color what is far from the given colors. */
export async function handColorizer(
  args: Arguments,
  { hand, ...settings }: ColorizerSettings & { hand: HandOptions; backend: BackendChoice },
): Promise<Colorizer> {
  const { method, strokesPath, keepsRest } = hand;
  const { palette, quality } = settings;
  const base = keepsRest ? await startBase(args, settings) : undefined;
  return {
    async colorize(path, format) {
      const image = await readPhoto(path);
      const strokes = strokesPath === undefined ? undefined : await readStrokes(strokesPath);
      const seeds = seedsByHand(image, { points: palette.points, strokes });
      const predicted = await base?.predict(image);
      base?.check();
      const picture = propagateColors(image, { method, seeds, base: predicted });
      return { files: [await encodeImage(picture, { format, ...(quality && { quality }) })] };
    },
    suggest: () => Promise.reject(new Error("Cannot suggest colors: a network is needed")),
    check: () => base?.check(),
  };
}

async function startBase(
  args: Arguments,
  { backend, sizePx, palette }: ColorizerSettings & { backend: BackendChoice },
): Promise<Base> {
  const device = await startBackend(backend);
  console.error(`device: ${device.description} (${device.reason})`);
  const model = await loadModel(textFlag(args, "models")!, modelName(args));
  const options = {
    ...(sizePx !== undefined && { sizePx }),
    ...(palette.vividness !== undefined && { vividness: palette.vividness }),
  };
  return {
    predict: (image) => predictColors(image, model, options),
    check: () => device.check(),
  };
}

async function readStrokes(path: string): Promise<Image> {
  try {
    return await readPhoto(path);
  } catch (cause) {
    throw new Error(`Cannot use --strokes ${path}`, { cause });
  }
}
