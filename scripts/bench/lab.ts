/** Speed of the LAB conversions, for `deno task bench`. */
import { type LabPlanes, labToRgba, rgbToLab } from "../../src/color/lab.ts";

const WIDTH_PX = 1024, HEIGHT_PX = 1024, RUNS = 9;

/** Speed on one core: the slower of a picture with smooth parts and of random pixels. */
export interface LabSpeed {
  toLabMegapixelsPerSecond: number;
  fromLabMegapixelsPerSecond: number;
}

/** Measures both directions on pictures of one megapixel: the median of several runs. */
export function benchLab(): LabSpeed {
  const speeds = [makeLandscape(), makeNoise()].map(measure);
  return {
    toLabMegapixelsPerSecond: Math.min(...speeds.map((speed) => speed.toLabMegapixelsPerSecond)),
    fromLabMegapixelsPerSecond: Math.min(
      ...speeds.map((speed) => speed.fromLabMegapixelsPerSecond),
    ),
  };
}

function measure(rgba: Uint8ClampedArray): LabSpeed {
  const lab: LabPlanes = rgbToLab(rgba, 4);
  const back = new Uint8ClampedArray(rgba.length);
  return {
    toLabMegapixelsPerSecond: megapixelsPerSecond(() => rgbToLab(rgba, 4, lab)),
    fromLabMegapixelsPerSecond: megapixelsPerSecond(() => labToRgba(lab, back)),
  };
}

function megapixelsPerSecond(convert: () => void): number {
  const durationsMs = Array.from({ length: RUNS + 1 }, () => {
    const startMs = performance.now();
    convert();
    return performance.now() - startMs;
  }).slice(1).sort((a, b) => a - b); // the first run compiles
  return WIDTH_PX * HEIGHT_PX / 1e3 / durationsMs[RUNS >> 1]!;
}

/** A sky that fades into waves of green and brown, with a little noise, like a photograph. */
function makeLandscape(): Uint8ClampedArray {
  const rgba = makeNoise();
  for (let i = 0; i < rgba.length; i += 4) {
    const x = (i >> 2) % WIDTH_PX / WIDTH_PX, y = (i >> 2) / (WIDTH_PX * HEIGHT_PX);
    const hill = y > 0.5 + 0.1 * Math.sin(9 * x) ? 1 : 0;
    const shade = 0.8 + 0.2 * Math.sin(40 * x * y);
    rgba[i] = (90 + 120 * y) * shade + rgba[i]! / 20;
    rgba[i + 1] = (140 + 60 * y - 50 * hill) * shade + rgba[i + 1]! / 20;
    rgba[i + 2] = (230 - 60 * y - 130 * hill) * shade + rgba[i + 2]! / 20;
  }
  return rgba;
}

function makeNoise(): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(4 * WIDTH_PX * HEIGHT_PX);
  let state = 1;
  for (let i = 0; i < rgba.length; i++) {
    state = Math.imul(state, 1664525) + 1013904223;
    rgba[i] = state >>> 24;
  }
  return rgba;
}
