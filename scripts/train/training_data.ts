/** The data set of a run: looked at before anything is written or published. */
import { type DatasetKind, readDatasetIndex } from "../../src/data/dataset_index.ts";
import { openSplit } from "../../src/data/split.ts";

/** What there is to train on. */
export interface TrainingData {
  dataset: DatasetKind;
  /** Images to train on, and the side of each. */
  images: number;
  sizePx: number;
  /** Of the prepared training split. */
  sha256: string;
}

/**
 * Makes sure that a data set has what training reads, and describes it.
 * @throws {Error} When a split is missing, empty or of the wrong size, naming it.
 */
export async function readTrainingData(dir: string): Promise<TrainingData> {
  for (const name of ["train", "val"] as const) {
    const split = await openSplit(dir, name);
    split.close();
    if (split.count === 0) {
      throw new RangeError(`Cannot train: the ${name} split in ${dir} must hold images, got none`);
    }
  }
  const { dataset, sizePx, splits } = (await readDatasetIndex(dir))!;
  const { count, sha256 } = splits.train!;
  return { dataset, images: count, sizePx, sha256 };
}
