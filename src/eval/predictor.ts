/** What a predictor that is given hints may look at. */
export interface PredictorTruth {
  /** Interleaved a*, b*, shape [N, H, W, 2]. */
  ab: Float32Array;
  /** Place of each picture in its split, [N]. */
  indices: readonly number[];
}

/** What is measured: anything that colors batches of lightness planes. */
export interface Predictor {
  name: string;
  /** Weights in all. */
  parameters: number;
  /**
   * Predicts the colors of N pictures.
   * @param lightness L*, 0..100, shape [N, H, W].
   * @param truth What simulated hints may reveal a little of, and which pictures these are.
   * @returns Interleaved a*, b*, shape [N, H, W, 2].
   */
  predictAb(
    lightness: Float32Array,
    shape: { count: number; heightPx: number; widthPx: number },
    truth: PredictorTruth,
  ): Promise<Float32Array>;
}
