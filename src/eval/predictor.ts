/** What is measured: anything that colors batches of lightness planes. */
export interface Predictor {
  name: string;
  /** Weights in all. */
  parameters: number;
  /**
   * Predicts the colors of N pictures.
   * @param lightness L*, 0..100, shape [N, H, W].
   * @returns Interleaved a*, b*, shape [N, H, W, 2].
   */
  predictAb(
    lightness: Float32Array,
    shape: { count: number; heightPx: number; widthPx: number },
  ): Promise<Float32Array>;
}
