import { type LabPlanes, labToRgb } from "../color/lab.ts";

/** Table of the sRGB gamut: the largest chroma by lightness, 0 to 100, and hue. */
interface Gamut {
  /** Chroma, shape [LEVELS, HUES]. */
  chroma: Float32Array;
  /** The smallest over all hues, shape [LEVELS]. */
  safeChroma: Float32Array;
}

const LEVEL_STEP = 2;
const LEVELS = 100 / LEVEL_STEP + 1;
const HUES = 72;
/** Chroma of the whole sRGB gamut stays below. */
const MAX_CHROMA = 136;
const BISECTIONS = 9;

let gamut: Gamut | undefined;

/**
 * Reduces the chroma of colors that sRGB cannot show, in place, at the same lightness and hue. Clipping
 * them per channel instead would change the lightness: a white sky turns gray-yellow, a black frame
 * glows. The first call measures the gamut, which takes about 20 ms.
 */
export function fitGamut({ lightness, ab }: LabPlanes): void {
  const { chroma, safeChroma } = gamut ??= measureGamut();
  for (let pixel = 0, at = 0; pixel < lightness.length; pixel++, at += 2) {
    const a = ab[at]!, b = ab[at + 1]!;
    const squared = a * a + b * b;
    const level = Math.min(LEVELS - 1.001, Math.max(0, lightness[pixel]! / LEVEL_STEP));
    const below = level | 0;
    const safe = mix(safeChroma[below]!, safeChroma[below + 1]!, level - below);
    if (squared <= safe * safe) continue;
    const hue = hueOf(a, b);
    const most = mix(
      chromaAt(chroma, below, hue),
      chromaAt(chroma, below + 1, hue),
      level - below,
    );
    if (squared <= most * most) continue;
    const scale = most / Math.sqrt(squared);
    ab[at] = a * scale;
    ab[at + 1] = b * scale;
  }
}

/** Bisects for the largest chroma inside the gamut, for all lightness levels and hues at once. */
function measureGamut(): Gamut {
  const count = LEVELS * HUES;
  const chroma = new Float32Array(count);
  const lightness = Float32Array.from(
    { length: count },
    (_, i) => LEVEL_STEP * Math.floor(i / HUES),
  );
  const ab = new Float32Array(2 * count);
  for (let step = MAX_CHROMA / 2, i = 0; i < BISECTIONS; i++, step /= 2) {
    for (let cell = 0; cell < count; cell++) {
      const { a, b } = directionOf(cell % HUES);
      ab[2 * cell] = (chroma[cell]! + step) * a;
      ab[2 * cell + 1] = (chroma[cell]! + step) * b;
    }
    const rgb = labToRgb({ lightness, ab });
    for (let cell = 0; cell < count; cell++) {
      const r = rgb[3 * cell]!, g = rgb[3 * cell + 1]!, b = rgb[3 * cell + 2]!;
      // What lies outside was clipped to exactly 0 or 1.
      if (Math.min(r, g, b) > 0 && Math.max(r, g, b) < 1) chroma[cell]! += step;
    }
  }
  const safeChroma = Float32Array.from(
    { length: LEVELS },
    (_, level) => Math.min(...chroma.subarray(level * HUES, (level + 1) * HUES)),
  );
  return { chroma, safeChroma };
}

/**
 * Hue, 0 to HUES, as the way around the square |a| + |b| = 1: it grows with the angle but needs no
 * arctangent, which would cost more than all the rest.
 */
function hueOf(a: number, b: number): number {
  const share = b / (Math.abs(a) + Math.abs(b));
  const quarters = a < 0 ? 2 - share : b < 0 ? 4 + share : share;
  return quarters * (HUES / 4);
}

/** The unit vector of a hue: inverse of `hueOf`. */
function directionOf(hue: number): { a: number; b: number } {
  const quarters = hue / (HUES / 4);
  const b = quarters <= 1 ? quarters : quarters <= 3 ? 2 - quarters : quarters - 4;
  const a = (1 - Math.abs(b)) * (quarters > 1 && quarters < 3 ? -1 : 1);
  const length = Math.hypot(a, b);
  return { a: a / length, b: b / length };
}

/** Chroma at a lightness level, between two hues. */
function chromaAt(chroma: Float32Array, level: number, hue: number): number {
  const below = hue | 0;
  const row = level * HUES;
  return mix(chroma[row + below % HUES]!, chroma[row + (below + 1) % HUES]!, hue - below);
}

function mix(one: number, other: number, share: number): number {
  return one + (other - one) * share;
}
