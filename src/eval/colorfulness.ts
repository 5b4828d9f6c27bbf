/**
 * Colorfulness of a picture in 8-bit units: 0 is gray, 15 slight, 45 average, 82 high.
 * @param rgb Interleaved, 0..1, not rounded, shape [H * W * 3].
 * @returns sqrt(s_rg^2 + s_yb^2) + 0.3 sqrt(m_rg^2 + m_yb^2) of rg = R - G and yb = (R + G) / 2 - B.
 * @see Hasler, Suesstrunk 2003, "Measuring colourfulness in natural images", M3.
 */
export function colorfulness(rgb: Float32Array): number {
  const count = rgb.length / 3;
  let rgSum = 0, rgSquares = 0, ybSum = 0, ybSquares = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    const r = 255 * rgb[i]!, g = 255 * rgb[i + 1]!, b = 255 * rgb[i + 2]!;
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
