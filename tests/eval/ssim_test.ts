import { assertAlmostEquals, assertThrows } from "@std/assert";
import { prepareSsim, ssim } from "../../src/eval/ssim.ts";

Deno.test("ssim() agrees with its formula summed window by window in two dimensions", () => {
  const size = { heightPx: 13, widthPx: 17 };
  const truth = wave(size, 0.31);
  const prediction = wave(size, 0.47);
  const expected = bruteForce(truth, prediction, size);
  assertAlmostEquals(ssim(prepareSsim(truth, size), prediction), expected, 1e-12);
});

Deno.test("ssim() of flat pictures is the luminance term alone", () => {
  const size = { heightPx: 11, widthPx: 11 };
  const flat = (value: number) => new Float32Array(363).fill(value);
  const expected = (2 * 0.25 * 0.75 + 1e-4) / (0.25 ** 2 + 0.75 ** 2 + 1e-4);
  assertAlmostEquals(ssim(prepareSsim(flat(0.25), size), flat(0.75)), expected, 1e-12);
});

Deno.test("ssim() refuses pictures smaller than its window, and of another size", () => {
  assertThrows(
    () => prepareSsim(new Float32Array(10 * 30 * 3), { heightPx: 10, widthPx: 30 }),
    RangeError,
    "Cannot compute SSIM: must be a picture of 11x11 or more, got 900 values as 30x10",
  );
  const truth = prepareSsim(new Float32Array(363), { heightPx: 11, widthPx: 11 });
  assertThrows(() => ssim(truth, new Float32Array(366)), RangeError, "must have 363 values");
});

interface Size {
  heightPx: number;
  widthPx: number;
}

function wave({ heightPx, widthPx }: Size, step: number): Float32Array {
  return Float32Array.from(
    { length: heightPx * widthPx * 3 },
    (_, i) => 0.5 + 0.5 * Math.sin(step * i),
  );
}

function bruteForce(truth: Float32Array, prediction: Float32Array, size: Size): number {
  const at = (y: number, x: number, channel: number) => (y * size.widthPx + x) * 3 + channel;
  let sum = 0, positions = 0;
  for (let y = 5; y < size.heightPx - 5; y++) {
    for (let x = 5; x < size.widthPx - 5; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let weight = 0, t = 0, p = 0, tt = 0, pp = 0, tp = 0;
        for (let dy = -5; dy <= 5; dy++) {
          for (let dx = -5; dx <= 5; dx++) {
            const w = Math.exp(-(dx * dx + dy * dy) / 4.5);
            const u = truth[at(y + dy, x + dx, channel)]!;
            const v = prediction[at(y + dy, x + dx, channel)]!;
            weight += w;
            t += w * u;
            p += w * v;
            tt += w * u * u;
            pp += w * v * v;
            tp += w * u * v;
          }
        }
        [t, p, tt, pp, tp] = [t / weight, p / weight, tt / weight, pp / weight, tp / weight];
        const luminance = (2 * t * p + 1e-4) / (t * t + p * p + 1e-4);
        sum += luminance * (2 * (tp - t * p) + 9e-4) / (tt - t * t + pp - p * p + 9e-4);
        positions++;
      }
    }
  }
  return sum / positions;
}
