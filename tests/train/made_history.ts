/** Histories as training might write them, for tests. */
import type { EpochRecord } from "../../src/train/history.ts";

/** So many epochs of a run that learns, and begins to overfit. */
export function madeHistory(epochs: number): EpochRecord[] {
  return Array.from({ length: epochs }, (_, i) => {
    const loss = 0.012 + 0.01 * Math.exp(-i / 4);
    return {
      epoch: i + 1,
      loss,
      validationLoss: 0.013 + 0.008 * Math.exp(-i / 3) + 0.00005 * i,
      psnr: -10 * Math.log10(loss),
      validationPsnr: 21 + 0.1 * Math.sqrt(i),
      images: 100_000,
      imagesPerSecond: 23.5,
      dataWaitShare: 0.01,
      trainedSeconds: 4255 * (i + 1),
    };
  });
}
