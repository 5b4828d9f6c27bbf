/**
 * Mean of the squared differences of two arrays.
 * @param truth Values of any shape, at least one.
 * @param prediction Values of the same shape.
 * @throws {RangeError} When there are none, or the lengths differ.
 */
export function meanSquaredError(truth: Float32Array, prediction: Float32Array): number {
  if (truth.length === 0 || prediction.length !== truth.length) {
    throw new RangeError(
      `Cannot compare: must have ${truth.length || "1 or more"} values, got ${prediction.length}`,
    );
  }
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const error = truth[i]! - prediction[i]!;
    sum += error * error;
  }
  return sum / truth.length;
}
