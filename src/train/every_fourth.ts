/** The heads of Zhang et al.'s networks that predict classes have a quarter of the sides. */
export const STRIDE = 4;

/**
 * Colors of every fourth pixel of every fourth row.
 * @param ab Interleaved a*, b*, shape [count, sizePx, sizePx, 2]; `sizePx` divides by 4.
 * @returns Shape [count, sizePx / 4, sizePx / 4, 2].
 */
export function everyFourth(
  ab: Float32Array,
  { count, sizePx }: { count: number; sizePx: number },
): Float32Array {
  const sampled = new Float32Array(ab.length / STRIDE ** 2);
  let to = 0;
  for (let row = 0; row < count * sizePx; row += STRIDE) {
    for (let column = 0; column < sizePx; column += STRIDE) {
      const at = 2 * (row * sizePx + column);
      sampled[to++] = ab[at]!;
      sampled[to++] = ab[at + 1]!;
    }
  }
  return sampled;
}
