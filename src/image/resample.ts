/** Separable resampling: every new pixel is a weighted sum of a rectangle of old pixels. */

/** Which old pixels of a line make up each new one. */
export interface Taps {
  /** First old pixel of each new one, [to]. */
  first: Int32Array;
  /** Where the weights of each new pixel start, [to + 1]; the last entry is their number. */
  offsets: Int32Array;
  weights: Float64Array;
}

/** Interleaved values, shape [heightPx * widthPx * channels]. */
interface Source {
  data: Uint8Array | Uint8ClampedArray | Float32Array;
  widthPx: number;
  heightPx: number;
  channels: number;
}

/**
 * Weights of an area average. They are whole numbers, in 1/to of an old pixel, and sum up to
 * `from`: sums of bytes stay exact until the caller divides by it.
 */
export function areaTaps(from: number, to: number): Taps {
  return makeTaps(to, (i) => {
    const start = i * from, end = start + from; // in 1/to of an old pixel
    const first = Math.floor(start / to);
    const weights: number[] = [];
    for (let pixel = first; pixel * to < end; pixel++) {
      weights.push(Math.min(end, (pixel + 1) * to) - Math.max(start, pixel * to));
    }
    return { first, weights };
  });
}

/** Weights of linear interpolation between pixel centers at halves; they sum up to 1. */
export function bilinearTaps(from: number, to: number): Taps {
  return makeTaps(to, (i) => {
    const center = (i + 0.5) * from / to - 0.5;
    const position = Math.min(Math.max(center, 0), from - 1);
    const first = Math.floor(position), part = position - first;
    return { first, weights: part === 0 ? [1] : [1 - part, part] };
  });
}

/**
 * Resamples row by row.
 * @param writeRow Gets each new row, [to width * channels], and its place in the new picture; the
 * row is used again afterwards.
 */
export function resample(
  source: Source,
  { x, y }: { x: Taps; y: Taps },
  writeRow: (row: Float64Array, at: number) => void,
): void {
  const length = x.first.length * source.channels;
  const sum = new Float64Array(length);
  // Old rows, resampled along x. Neighbors share at most two: the row of each parity is kept.
  const kept = [new Float64Array(length), new Float64Array(length)] as const;
  const keptIndex = [-1, -1];
  for (let to = 0; to < y.first.length; to++) {
    for (let tap = y.offsets[to]!, row = y.first[to]!; tap < y.offsets[to + 1]!; tap++, row++) {
      const slot = (row & 1) as 0 | 1;
      if (keptIndex[slot] !== row) {
        resampleRow(source, { row, taps: x }, kept[slot]);
        keptIndex[slot] = row;
      }
      addRow(sum, kept[slot], { weight: y.weights[tap]!, isFirst: tap === y.offsets[to] });
    }
    writeRow(sum, to * length);
  }
}

function resampleRow(
  { data, widthPx, channels }: Source,
  { row, taps: { first, offsets, weights } }: { row: number; taps: Taps },
  out: Float64Array,
): void {
  const start = row * widthPx * channels;
  for (let i = 0; i < first.length; i++) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      let from = start + first[i]! * channels + channel;
      for (let tap = offsets[i]!; tap < offsets[i + 1]!; tap++, from += channels) {
        sum += weights[tap]! * data[from]!;
      }
      out[i * channels + channel] = sum;
    }
  }
}

function addRow(
  sum: Float64Array,
  row: Float64Array,
  { weight, isFirst }: { weight: number; isFirst: boolean },
): void {
  if (isFirst) { for (let i = 0; i < sum.length; i++) sum[i] = weight * row[i]!; }
  else for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * row[i]!;
}

function makeTaps(
  to: number,
  tapsOf: (i: number) => { first: number; weights: number[] },
): Taps {
  const all = Array.from({ length: to }, (_, i) => tapsOf(i));
  const offsets = new Int32Array(to + 1);
  all.forEach(({ weights }, i) => offsets[i + 1] = offsets[i]! + weights.length);
  return {
    first: Int32Array.from(all, ({ first }) => first),
    offsets,
    weights: Float64Array.from(all.flatMap(({ weights }) => weights)),
  };
}
