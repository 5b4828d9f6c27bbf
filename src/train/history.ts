import { replaceFile } from "../data/files.ts";

/** What one finished epoch gave. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** What the network is trained towards: mean squared error of ab / 128, or cross-entropy. */
  loss: number;
  /** Mean squared error of ab / 128 on the validation images. */
  validationLoss: number;
  /** dB, of ab / 128, per image, then averaged; as the report's Table 1. */
  validationPsnr: number;
  /**
   * dB of the mean training loss; steps do not tell the errors of single images. Null where the loss
   * is not the squared error.
   */
  psnr: number | null;
  images: number;
  imagesPerSecond: number;
  /** Share of the training time, 0..1, that went into waiting for images. */
  dataWaitShare: number;
  /** Time spent training up to the end of this epoch. */
  trainedSeconds: number;
}

/** Writes `history.jsonl`, one finished epoch a line. */
export async function writeHistory(path: string, history: EpochRecord[]): Promise<void> {
  await replaceFile(path, history.map((record) => JSON.stringify(record) + "\n").join(""));
}
