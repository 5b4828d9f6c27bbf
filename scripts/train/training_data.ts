/** The data set of a run: looked at before anything is written or published. */
import type { ClassWeights } from "../../src/data/class_weights.ts";
import { type DatasetKind, readDatasetIndex, type Split } from "../../src/data/dataset_index.ts";
import { openWeightedSplit } from "../../src/data/weighted_split.ts";

/** What there is to train on. */
export interface TrainingData {
  dataset: DatasetKind;
  /** Images of an epoch, and the side of each. */
  images: number;
  sizePx: number;
  /** Of the prepared training split. */
  sha256: string;
}

/**
 * Makes sure that a data set has what training reads, and describes it.
 * @param classWeights As the run has them; null when left out.
 * @throws {Error} When a split is missing, empty or of the wrong size, naming it.
 */
export async function readTrainingData(
  dir: string,
  classWeights: ClassWeights | null = null,
): Promise<TrainingData> {
  const images = await countImages(dir, "train", classWeights);
  await countImages(dir, "val", null);
  const { dataset, sizePx, splits } = (await readDatasetIndex(dir))!;
  return { dataset, images, sizePx, sha256: splits.train!.sha256 };
}

async function countImages(
  dir: string,
  name: Split,
  classWeights: ClassWeights | null,
): Promise<number> {
  const { count, close } = await openWeightedSplit(dir, name, classWeights);
  close();
  if (count === 0) {
    throw new RangeError(`Cannot train: the ${name} split in ${dir} must hold images, got none`);
  }
  return count;
}
