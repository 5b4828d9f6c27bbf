/**
 * Gradient of a convolution with respect to its kernel: for each tap a sum over pixels of outer
 * products, (input channels) x (output channels), straight from NHWC rows.
 */

/** What to sum; the words are written in this order. Pointers are byte addresses. */
@unmanaged
export class FilterGradient {
  /** [images, inputRows, inputColumns, channels]; `channels` divides by 4. */
  input: usize;
  images: i32;
  inputRows: i32;
  inputColumns: i32;
  channels: i32;
  /** [images, rows, columns, outputChannels]. */
  dy: usize;
  rows: i32;
  columns: i32;
  outputChannels: i32;
  /** Position (y, x) of dy reads from input pixel (y, x) * step on. */
  stepDown: i32;
  stepAcross: i32;
  /** Pairs (down, across): what each tap adds to the input pixel's place. */
  taps: usize;
  tapCount: i32;
  /** [tapCount, sumChannels, outputChannels], filled with zeros; sumChannels <= channels. */
  sums: usize;
  sumChannels: i32;
  /** Rows of dy, over all images, that are summed at a time. */
  blockRows: i32;
  /** Room for blockRows * columns * outputChannels (filled up to 8) values. */
  panels: usize;
  /** Room for blockRows * 12 + 128 bytes. */
  scratch: usize;
}

export function sumFilterGradient(job: FilterGradient): void {
  const rows = job.images * job.rows;
  for (let from = 0; from < rows; from += job.blockRows) {
    const count = min(job.blockRows, rows - from);
    pack(job, from, count);
    for (let tap = 0; tap < job.tapCount; tap++) sumTap(job, from, count, tap);
  }
}

/** Copies rows of dy to [outputChannels / 8][pixels][8], zeros behind the last channel. */
function pack(job: FilterGradient, from: i32, count: i32): void {
  const pixels = count * job.columns;
  const pixelBytes = <usize>job.outputChannels * 4;
  let target = job.panels;
  for (let channel = 0; channel < job.outputChannels; channel += 8) {
    const left = job.outputChannels - channel;
    let source = job.dy + <usize>(from * job.columns) * pixelBytes + <usize>channel * 4;
    for (let pixel = 0; pixel < pixels; pixel++) {
      if (left >= 8) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
      } else {
        for (let i = 0; i < 8; i++) {
          store<f32>(target + <usize>i * 4, i < left ? load<f32>(source + <usize>i * 4) : 0);
        }
      }
      source += pixelBytes;
      target += 32;
    }
  }
}

/** Adds one tap's products of a block of rows to the sums. */
function sumTap(job: FilterGradient, from: i32, count: i32, tap: i32): void {
  const across = load<i32>(job.taps + <usize>tap * 8, 4);
  const begin = max(0, ceilDivide(-across, job.stepAcross));
  const end = min(job.columns, ceilDivide(job.inputColumns - across, job.stepAcross));
  if (begin >= end) return;
  const runs = listRuns(job, from, count, tap, begin, end);
  const panelBytes = <usize>(count * job.columns) * 32;
  const step = <usize>(job.stepAcross * job.channels) * 4;
  const spare = job.scratch + <usize>job.blockRows * 12;
  for (let channel = 0; channel < job.sumChannels; channel += 4) {
    for (let out = 0; out < job.outputChannels; out += 8) {
      sumTile(
        job.scratch,
        runs,
        <usize>channel * 4,
        step,
        job.panels + <usize>(out >> 3) * panelBytes,
        spare,
      );
      const place = (tap * job.sumChannels + channel) * job.outputChannels + out;
      add(
        job.sums + <usize>place * 4,
        <usize>job.outputChannels * 4,
        min(4, job.sumChannels - channel),
        min(8, job.outputChannels - out),
        spare,
      );
    }
  }
}

/** Lists where a tap's rows lie: triples of input address, offset in a panel, bytes of the panel. */
function listRuns(
  job: FilterGradient,
  from: i32,
  count: i32,
  tap: i32,
  begin: i32,
  end: i32,
): i32 {
  const down = load<i32>(job.taps + <usize>tap * 8);
  const across = load<i32>(job.taps + <usize>tap * 8, 4);
  const pixelBytes = <usize>job.channels * 4;
  const column = begin * job.stepAcross + across;
  const bytes = <usize>(end - begin) * 32;
  // Whole rows that follow each other in both tensors are one run.
  const joined = begin == 0 && end == job.columns && job.stepAcross == 1 &&
    job.inputColumns == job.columns;
  let runs = 0;
  let run = job.scratch;
  for (let i = 0; i < count; i++) {
    const image = (from + i) / job.rows;
    const row = ((from + i) % job.rows) * job.stepDown + down;
    if (<u32>row >= <u32>job.inputRows) continue;
    const pixel = (image * job.inputRows + row) * job.inputColumns + column;
    const address = job.input + <usize>pixel * pixelBytes;
    const offset = <usize>(i * job.columns + begin) * 32;
    if (joined && runs > 0) {
      const before = run - 12;
      const length = load<usize>(before, 8);
      const follows = load<usize>(before) + (length >> 5) * pixelBytes == address &&
        load<usize>(before, 4) + length == offset;
      if (follows) {
        store<usize>(before, length + bytes, 8);
        continue;
      }
    }
    store<usize>(run, address);
    store<usize>(run, offset, 4);
    store<usize>(run, bytes, 8);
    run += 12;
    runs++;
  }
  return runs;
}

/** 4 input channels x 8 output channels over all pixels of the runs, to 32 values at `target`. */
function sumTile(
  run: usize,
  runs: i32,
  shift: usize,
  step: usize,
  panel: usize,
  target: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  const last = run + <usize>runs * 12;
  while (run < last) {
    let pixel = load<usize>(run) + shift;
    let row = panel + load<usize>(run, 4);
    const end = row + load<usize>(run, 8);
    run += 12;
    do {
      const v = v128.load(pixel);
      const d0 = v128.load(row);
      const d1 = v128.load(row, 16);
      const x0 = v128.shuffle<f32>(v, v, 0, 0, 0, 0);
      s00 = f32x4.relaxed_madd(x0, d0, s00);
      s01 = f32x4.relaxed_madd(x0, d1, s01);
      const x1 = v128.shuffle<f32>(v, v, 1, 1, 1, 1);
      s10 = f32x4.relaxed_madd(x1, d0, s10);
      s11 = f32x4.relaxed_madd(x1, d1, s11);
      const x2 = v128.shuffle<f32>(v, v, 2, 2, 2, 2);
      s20 = f32x4.relaxed_madd(x2, d0, s20);
      s21 = f32x4.relaxed_madd(x2, d1, s21);
      const x3 = v128.shuffle<f32>(v, v, 3, 3, 3, 3);
      s30 = f32x4.relaxed_madd(x3, d0, s30);
      s31 = f32x4.relaxed_madd(x3, d1, s31);
      pixel += step;
      row += 32;
    } while (row < end);
  }
  v128.store(target, s00);
  v128.store(target, s01, 16);
  v128.store(target, s10, 32);
  v128.store(target, s11, 48);
  v128.store(target, s20, 64);
  v128.store(target, s21, 80);
  v128.store(target, s30, 96);
  v128.store(target, s31, 112);
}

/** Adds the first rows and columns of a [4][8] tile to sums whose rows lie `rowBytes` apart. */
function add(sums: usize, rowBytes: usize, rows: i32, columns: i32, tile: usize): void {
  for (let row = 0; row < rows; row++) {
    if (columns == 8) {
      v128.store(sums, f32x4.add(v128.load(sums), v128.load(tile)));
      v128.store(sums, f32x4.add(v128.load(sums, 16), v128.load(tile, 16)), 16);
    } else {
      for (let i: usize = 0; i < <usize>columns; i++) {
        store<f32>(sums + i * 4, load<f32>(sums + i * 4) + load<f32>(tile + i * 4));
      }
    }
    sums += rowBytes;
    tile += 32;
  }
}

/** a / b rounded up, for b > 0. */
function ceilDivide(a: i32, b: i32): i32 {
  return a > 0 ? (a + b - 1) / b : -(-a / b);
}
