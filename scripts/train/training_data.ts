/** The data set of a run: looked at before anything is written or published. */
import { type DatasetIndex, readDatasetIndex, type Split } from "../../src/data/dataset_index.ts";
import { type EpochChoice, listEpochImages } from "../../src/data/epoch_images.ts";
import { openSplit } from "../../src/data/split.ts";

/** What there is to train on. */
export interface TrainingData {
  dataset: Pick<DatasetIndex, "dataset" | "parts">;
  /** Images of an epoch, and the side of each. */
  images: number;
  sizePx: number;
  /** Of an epoch, as indices into the training split; null for all. */
  chosen: Uint32Array | null;
  /** Images that were left out as less colorful than asked for. */
  dull: number;
  /** Of the prepared training split. */
  sha256: string;
}

const ALL_IMAGES: EpochChoice = { classWeights: null, minColorfulness: 0 };

/**
 * Makes sure that a data set has what training reads, and describes it.
 * @param choice Of the run's images; all of them when left out.
 * @throws {Error} When a split is missing, empty or of the wrong size, naming it, or when the
 * choice does not fit the images.
 */
export async function readTrainingData(
  dir: string,
  choice = ALL_IMAGES,
): Promise<TrainingData> {
  const { images: chosen, dull, count } = await chooseImages(dir, "train", choice);
  await chooseImages(dir, "val", ALL_IMAGES);
  const dataset = (await readDatasetIndex(dir))!;
  const { sizePx, splits: { train } } = dataset;
  return { dataset, images: chosen?.length ?? count, sizePx, chosen, dull, sha256: train!.sha256 };
}

async function chooseImages(dir: string, name: Split, choice: EpochChoice) {
  const split = await openSplit(dir, name);
  try {
    const { count } = split;
    if (count === 0) {
      throw new RangeError(`Cannot train: the ${name} split in ${dir} must hold images, got none`);
    }
    return { count, ...await listEpochImages(split, choice) };
  } finally {
    split.close();
  }
}
