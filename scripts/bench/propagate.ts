/** How fast given colors spread over a picture without a network. */
import { spreadGeodesic } from "../../src/hint/geodesic.ts";
import { median } from "./turns.ts";

const SIZE = { widthPx: 2000, heightPx: 1500 };
const POINTS = 20;
const RUNS = 5;

/**
 * Spreads twenty colors geodesically over three megapixels of edges and noise.
 * @returns Median speed, after a run that warms up.
 */
export function benchPropagate(): { megapixelsPerSecond: number } {
  const { widthPx, heightPx } = SIZE;
  const lightness = Float32Array.from({ length: widthPx * heightPx }, (_, at) => {
    const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
    const patch = (Math.floor(x / 170) * 37 + Math.floor(y / 130) * 53) % 80;
    return patch + 8 * Math.sin(x / 40) * Math.cos(y / 60) + at * 7919 % 7 / 2 + 8;
  });
  const seeds = {
    pixels: Uint32Array.from(
      { length: POINTS },
      (_, i) => (37 + 71 * i) % heightPx * widthPx + (91 + 97 * i) % widthPx,
    ),
    ab: Float32Array.from({ length: 2 * POINTS }, (_, i) => 37 * i % 80 - 40),
  };
  const timesMs = Array.from({ length: RUNS + 1 }, () => {
    const startMs = performance.now();
    spreadGeodesic(lightness, { ...SIZE, seeds });
    return performance.now() - startMs;
  });
  const medianMs = median(timesMs.slice(1))!;
  return { megapixelsPerSecond: lightness.length / 1000 / medianMs };
}
