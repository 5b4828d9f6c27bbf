/**
 * Colorfulness of a picture in 8-bit units: 0 is gray, 15 slight, 45 average, 82 high.
 * @param rgb Interleaved, shape [H * W * 3].
 * @param white The value of full intensity: 1, or 255 for bytes.
 * @returns sqrt(s_rg^2 + s_yb^2) + 0.3 sqrt(m_rg^2 + m_yb^2) of rg = R - G and yb = (R + G) / 2 - B.
 * @see Hasler, Suesstrunk 2003, "Measuring colourfulness in natural images", M3.
 */
export function colorfulness(rgb: Float32Array | Uint8Array, white = 1): number {
  const count = rgb.length / 3;
  const scale = 255 / white;
  let rgSum = 0, rgSquares = 0, ybSum = 0, ybSquares = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const r = scale * rgb[i]!, g = scale * rgb[i + 1]!, b = scale * rgb[i + 2]!;
    const rg = r - g;
    const yb = (r + g) / 2 - b;
    rgSum += rg;
    rgSquares += rg * rg;
    ybSum += yb;
    ybSquares += yb * yb;
  }
  const rgMean = rgSum / count, ybMean = ybSum / count;
  const meanSquare = rgMean * rgMean + ybMean * ybMean;
  const variance = Math.max(0, (rgSquares + ybSquares) / count - meanSquare);
  return Math.sqrt(variance) + 0.3 * Math.sqrt(meanSquare);
}
