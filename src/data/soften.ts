/** Softer and sharper pictures, as other lenses and scanners would have given them. */

/**
 * Mixes a square plane with what the binomial filter (1 2 1) / 4 makes of it along both axes; beyond
 * a strength of 1 the filtered plane is filtered once more. The edges are repeated.
 * @param lightness L*, 0..100, shape [sizePx * sizePx]; changed in place, and kept in that range.
 * @param strength 0 changes nothing, 1 and 2 are the filter once and twice, and less than 0 sharpens.
 */
export function soften(lightness: Float32Array, sizePx: number, strength: number): void {
  for (let left = strength; left < 0 || left > 0; left = Math.max(left - 1, 0)) {
    const filtered = filterRows(filterRows(lightness, sizePx), sizePx);
    const part = Math.min(left, 1);
    for (let i = 0; i < lightness.length; i++) {
      const mixed = lightness[i]! + part * (filtered[i]! - lightness[i]!);
      lightness[i] = Math.min(Math.max(mixed, 0), 100);
    }
  }
}

/** Filters each row and turns the plane on its diagonal: twice filters the columns, too. */
function filterRows(plane: Float32Array, sizePx: number): Float32Array {
  const turned = new Float32Array(plane.length);
  for (let y = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      const at = y * sizePx + x;
      const before = x > 0 ? at - 1 : at, after = x < sizePx - 1 ? at + 1 : at;
      turned[x * sizePx + y] = (plane[before]! + 2 * plane[at]! + plane[after]!) / 4;
    }
  }
  return turned;
}
