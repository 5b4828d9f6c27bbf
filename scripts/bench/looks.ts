/** How near colorized photographs come to their own colors, by looks at one size and closer ones. */
import { Image } from "imagescript";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { ciede2000 } from "../../src/color/ciede2000.ts";
import { type LabPlanes, rgbToLab } from "../../src/color/lab.ts";
import { colorizeImage, DEFAULT_VIVIDNESS } from "../../src/colorize/colorize_image.ts";
import { loadModel, type Model } from "../../src/colorize/model.ts";
import { smallSize } from "../../src/colorize/small_size.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { resizeArea } from "../../src/image/resize.ts";
import { median } from "./turns.ts";

/** Mean CIEDE2000 against the originals, and the median time of a photograph. */
export interface LooksQuality {
  photos: number;
  /** Of no color at all. */
  grayDeltaE: number;
  afar: LookQuality;
  closer: LookQuality;
}

/** Of one way to look. */
export interface LookQuality {
  deltaE: number;
  ms: number;
}

const MODELS_DIR = `${import.meta.dirname}/../../models`;
/** Short side that photographs are compared at: enough for both looks. */
const SHORT_SIDE_PX = 256;
const LOOKS = ["afar", "closer"] as const;

/**
 * Takes the colors of photographs away and has a palette guess them.
 * @param paths Color photographs; larger ones are averaged to a short side of 256 pixels.
 * @param options.model Taken as it is instead of the published `palette`; not disposed.
 */
export async function benchLooks(
  paths: readonly string[],
  { backend, model }: { backend: BackendChoice; model?: Model },
): Promise<LooksQuality> {
  const device = await startBackend(backend);
  const palette = model ?? await loadModel(MODELS_DIR, "palette");
  const sums = { gray: 0, afar: 0, closer: 0 };
  const timesMs = { afar: [] as number[], closer: [] as number[] };
  for (const path of paths) {
    const photo = reduced(await decodeImage(await Deno.readFile(path), { name: path }));
    const truth = rgbToLab(photo.bitmap, 4);
    sums.gray += deltaE(truth, new Float32Array(truth.ab.length));
    for (const look of LOOKS) {
      const startMs = performance.now();
      const colorized = await colorizeImage(photo, palette, {
        vividness: DEFAULT_VIVIDNESS,
        ...(look === "afar" && { sizePx: palette.sizePx }), // asked for, it is the only look
      });
      timesMs[look].push(performance.now() - startMs);
      sums[look] += deltaE(truth, rgbToLab(colorized.bitmap, 4).ab);
    }
  }
  device.check();
  if (!model) palette.network.dispose();
  device.stop();
  const quality = (look: typeof LOOKS[number]) => ({
    deltaE: sums[look] / paths.length,
    ms: median(timesMs[look])!,
  });
  return {
    photos: paths.length,
    grayDeltaE: sums.gray / paths.length,
    afar: quality("afar"),
    closer: quality("closer"),
  };
}

function reduced(photo: Image): Image {
  if (Math.min(photo.width, photo.height) <= SHORT_SIDE_PX) return photo;
  const full = { widthPx: photo.width, heightPx: photo.height };
  const size = smallSize(full, { sizePx: SHORT_SIDE_PX });
  const smaller = new Image(size.widthPx, size.heightPx);
  smaller.bitmap.set(resizeArea({ data: photo.bitmap, ...full, channels: 4 }, size));
  return smaller;
}

function deltaE(truth: LabPlanes, ab: Float32Array): number {
  const differences = ciede2000(truth, { lightness: truth.lightness, ab });
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}
