import * as tf from "@tensorflow/tfjs";

/** Which step a loss belongs to. */
interface LossEntry {
  epoch: number;
  step: number;
  images: number;
}

/** Collects losses on the device, so that steps need not wait for a read each. */
export class LossLog {
  readonly #everySteps: number;
  #entries: (LossEntry & { loss: tf.Scalar | number })[] = [];

  /** @param everySteps After how many losses a read is due. */
  constructor(everySteps: number) {
    this.#everySteps = everySteps;
  }

  get isDue(): boolean {
    return this.#entries.length >= this.#everySteps;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Takes over a loss; a tensor is disposed by the read. */
  add(loss: tf.Scalar | number, entry: LossEntry): void {
    this.#entries.push({ ...entry, loss });
  }

  /**
   * Reads all losses at once and empties the log.
   * @returns Sum of loss times images, and the images.
   * @throws {RangeError} When a loss is not finite, naming the first such epoch and step.
   */
  async read(): Promise<{ lossSum: number; images: number }> {
    const entries = this.#entries;
    this.#entries = [];
    const losses = await readAll(entries.map(({ loss }) => loss));
    const bad = losses.findIndex((loss) => !Number.isFinite(loss));
    if (bad >= 0) {
      const { epoch, step } = entries[bad]!;
      throw new RangeError(
        `Cannot go on training: the loss must be finite, got ${
          losses[bad]
        } in epoch ${epoch}, step ${step}`,
      );
    }
    const lossSum = entries.reduce((sum, { images }, i) => sum + losses[i]! * images, 0);
    return { lossSum, images: entries.reduce((sum, { images }) => sum + images, 0) };
  }
}

async function readAll(losses: (tf.Scalar | number)[]): Promise<number[]> {
  const tensors = losses.filter((loss) => typeof loss !== "number");
  if (tensors.length === 0) return losses as number[];
  const stacked = tf.stack(tensors);
  const values = await stacked.data();
  tf.dispose([stacked, ...tensors]);
  return [...values];
}
