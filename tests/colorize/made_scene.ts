/** Made-up landscapes with colors, for transfers from one to the other. */
import { Image } from "imagescript";
import { labToRgba, rgbToLightness } from "../../src/color/lab.ts";
import { SeededRandom } from "../random.ts";

/** Sky, hills, ground, a house and trees: a*, b* each. */
export type ScenePalette = readonly [Ab, Ab, Ab, Ab, Ab];
type Ab = readonly [a: number, b: number];

/** Palettes of several kinds: cold and warm, pale and vivid, likely and not. */
export const SCENE_PALETTES = {
  summer: [[-5, -25], [-15, 20], [-20, 35], [35, 25], [-25, 20]],
  sunset: [[20, 35], [15, -10], [20, 40], [5, 10], [10, -15]],
  snow: [[0, -8], [2, -6], [-2, -5], [40, 30], [-8, 4]],
  desert: [[-10, -30], [20, 35], [15, 45], [2, 5], [-15, 30]],
  unlikely: [[-30, 15], [10, -40], [45, -20], [-40, 45], [30, 60]],
  tulips: [[0, -3], [-5, 8], [30, 50], [10, -35], [-10, 15]],
} satisfies Record<string, ScenePalette>;

interface Thing {
  isAt: (x: number, y: number) => boolean;
  /** L* at the top and at the bottom of the picture, and of the grain upon it. */
  lightness: readonly [top: number, bottom: number, grain: number];
  /** Pixels of one grain. */
  grainPx: number;
}

/**
 * Paints a landscape: five things of a lightness, a grain and a color of their own, colors a little
 * uneven as in photographs.
 * @param options.seed Fixes where things lie and how their grain runs.
 */
export function paintScene(
  palette: ScenePalette,
  { seed, widthPx = 120, heightPx = 90 }: { seed: number; widthPx?: number; heightPx?: number },
): Image {
  const random = new SeededRandom(seed);
  const things = thingsOf(random, { widthPx, heightPx });
  const lightness = new Float32Array(widthPx * heightPx);
  const ab = new Float32Array(2 * lightness.length);
  const noises = things.map(({ grainPx }) => smoothNoise(random, { widthPx, heightPx, grainPx }));
  for (let at = 0; at < lightness.length; at++) {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    const thing = things.findLastIndex(({ isAt }) => isAt(x, y)); // the nearest to the viewer
    const [top, bottom, grain] = things[thing]!.lightness;
    const noise = noises[thing]![at]!;
    lightness[at] = top + (bottom - top) * y / heightPx + grain * noise;
    ab.set(palette[thing]!.map((value) => value * (1 + 0.2 * noise) + 2 * noise), 2 * at);
  }
  const image = new Image(widthPx, heightPx).fill(0x000000ff);
  labToRgba({ lightness, ab }, image.bitmap);
  return image;
}

/** The same picture without its colors. */
export function withoutColors(image: Image): Image {
  const lightness = rgbToLightness(image.bitmap, 4);
  const gray = image.clone();
  labToRgba({ lightness, ab: new Float32Array(2 * lightness.length) }, gray.bitmap);
  return gray;
}

function thingsOf(
  random: SeededRandom,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): Thing[] {
  const horizon = heightPx * (0.3 + 0.2 * random.next());
  const [phase, wave] = [6 * random.next(), 10 + 20 * random.next()];
  const ridge = (x: number) => horizon - 0.15 * heightPx * (1 + Math.sin(phase + x / wave));
  const house = { left: widthPx * (0.1 + 0.5 * random.next()), top: horizon * 0.9 };
  const trunks = Array.from({ length: 4 }, () => widthPx * random.next());
  return [
    { isAt: () => true, lightness: [60, 95, 3], grainPx: 24 },
    { isAt: (x, y) => y > ridge(x), lightness: [50, 45, 5], grainPx: 6 },
    { isAt: (_, y) => y > horizon, lightness: [75, 55, 9], grainPx: 2 },
    {
      isAt: (x, y) =>
        x > house.left && x < house.left + 0.25 * widthPx && y > house.top &&
        y < house.top + 0.3 * heightPx,
      lightness: [42, 36, 1],
      grainPx: 12,
    },
    {
      isAt: (x, y) => trunks.some((trunk) => Math.hypot(x - trunk, 1.4 * (y - horizon)) < 9),
      lightness: [20, 30, 12],
      grainPx: 2,
    },
  ];
}

/** Values in -1..1 that change over so many pixels. */
function smoothNoise(
  random: SeededRandom,
  { widthPx, heightPx, grainPx }: { widthPx: number; heightPx: number; grainPx: number },
): Float32Array {
  const columns = Math.ceil(widthPx / grainPx) + 1;
  const grid = random.values(columns * (Math.ceil(heightPx / grainPx) + 1));
  return Float32Array.from({ length: widthPx * heightPx }, (_, at) => {
    const [x, y] = [(at % widthPx) / grainPx, Math.floor(at / widthPx) / grainPx];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const mix = (row: number) => {
      const from = grid[row * columns + left]!;
      return from + (x - left) * (grid[row * columns + left + 1]! - from);
    };
    return mix(top) + (y - top) * (mix(top + 1) - mix(top));
  });
}
