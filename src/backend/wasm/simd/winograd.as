/**
 * 3x3 convolutions of stride 1 with 16 products for 2 x 2 outputs instead of 36: F(2 x 2, 3 x 3) of
 * Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (2015). On a line, 4 inputs d,
 * 3 taps g and 2 outputs y:
 *   V = [d0 - d2, d1 + d2, d2 - d1, d1 - d3]
 *   U = [g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2]
 *   M = U V, y = [M0 + M1 + M2, M1 - M2 - M3]
 * Down and across that makes 4 x 4 planes, plane 4 r + c, of one value a tile and channel.
 */
import { Band } from "./band";

/** Input to planes V. A band's rows and columns are the tensor's; its lines are lines of tiles. */
export function takeTiles(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const tileColumns = (band.columns + 1) >> 1;
  const tileRows = (band.rows + 1) >> 1;
  const planeBytes = band.planeBytes;
  let target = band.planes;
  for (let i = 0; i < band.count; i++) {
    const line = band.first + i;
    const image = line / tileRows;
    const row = (line % tileRows) * 2 - 1;
    const begin = band.tensor + <usize>(image * band.rows * band.columns) * pixelBytes;
    for (let tile = 0; tile < tileColumns; tile++) {
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        takeTile(band, begin + channel, row, tile * 2 - 1, target, planeBytes);
        target += 16;
      }
    }
  }
}

function takeTile(
  band: Band,
  image: usize,
  row: i32,
  column: i32,
  target: usize,
  planeBytes: usize,
): void {
  for (let c = 0; c < 4; c++) {
    const x = column + c;
    const d0 = pixel(band, image, row, x);
    const d1 = pixel(band, image, row + 1, x);
    const d2 = pixel(band, image, row + 2, x);
    const d3 = pixel(band, image, row + 3, x);
    const place = target + <usize>c * planeBytes;
    v128.store(place, f32x4.sub(d0, d2));
    v128.store(place + 4 * planeBytes, f32x4.add(d1, d2));
    v128.store(place + 8 * planeBytes, f32x4.sub(d2, d1));
    v128.store(place + 12 * planeBytes, f32x4.sub(d1, d3));
  }
  for (let r = 0; r < 4; r++) {
    const place = target + <usize>(4 * r) * planeBytes;
    const d0 = v128.load(place);
    const d1 = v128.load(place + planeBytes);
    const d2 = v128.load(place + 2 * planeBytes);
    const d3 = v128.load(place + 3 * planeBytes);
    v128.store(place, f32x4.sub(d0, d2));
    v128.store(place + planeBytes, f32x4.add(d1, d2));
    v128.store(place + 2 * planeBytes, f32x4.sub(d2, d1));
    v128.store(place + 3 * planeBytes, f32x4.sub(d1, d3));
  }
}

/** 4 channels of a pixel, zeros outside the image. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pixel(band: Band, image: usize, row: i32, column: i32): v128 {
  const inside = <u32>row < <u32>band.rows && <u32>column < <u32>band.columns;
  const place = <usize>(row * band.columns + column) * <usize>band.channels * 4;
  return inside ? v128.load(image + place) : f32x4.splat(0);
}

/** Planes M to outputs, with bias, and ReLU where wanted. */
export function combineTiles(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const tileColumns = (band.columns + 1) >> 1;
  const tileRows = (band.rows + 1) >> 1;
  const planeBytes = band.planeBytes;
  const zero = f32x4.splat(band.relu ? 0 : -Infinity);
  let source = band.planes;
  for (let i = 0; i < band.count; i++) {
    const line = band.first + i;
    const row = (line % tileRows) * 2;
    const imageRow = (line / tileRows) * band.rows + row;
    const hasBelow = row + 1 < band.rows;
    for (let tile = 0; tile < tileColumns; tile++) {
      const hasRight = tile * 2 + 1 < band.columns;
      const pixels = <usize>(imageRow * band.columns + tile * 2) * pixelBytes;
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        let target = band.tensor + pixels + channel;
        const bias = v128.load(band.bias + channel);
        for (let down = 0; down < 2; down++) {
          if (down == 1) {
            if (!hasBelow) break;
            target += <usize>band.columns * pixelBytes;
          }
          const m0 = column(source, planeBytes, down);
          const m1 = f32x4.add(column(source + planeBytes, planeBytes, down), bias);
          const m2 = column(source + 2 * planeBytes, planeBytes, down);
          v128.store(target, f32x4.max(f32x4.add(f32x4.add(m0, m1), m2), zero));
          if (hasRight) {
            const m3 = column(source + 3 * planeBytes, planeBytes, down);
            const right = f32x4.sub(f32x4.sub(m1, m2), m3);
            v128.store(target + pixelBytes, f32x4.max(right, zero));
          }
        }
        source += 16;
      }
    }
  }
}

/** One output row's sum of a column of M. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function column(source: usize, planeBytes: usize, down: i32): v128 {
  const m1 = v128.load(source + 4 * planeBytes);
  const m2 = v128.load(source + 8 * planeBytes);
  if (down == 0) return f32x4.add(f32x4.add(v128.load(source), m1), m2);
  return f32x4.sub(f32x4.sub(m1, m2), v128.load(source + 12 * planeBytes));
}

/** Gradient of combineTiles before bias and ReLU: the outputs' gradients to those of M. */
export function spreadTiles(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const tileColumns = (band.columns + 1) >> 1;
  const tileRows = (band.rows + 1) >> 1;
  const planeBytes = band.planeBytes;
  let target = band.planes;
  for (let i = 0; i < band.count; i++) {
    const line = band.first + i;
    const row = (line % tileRows) * 2;
    const begin = band.tensor +
      <usize>((line / tileRows) * band.rows * band.columns) * pixelBytes;
    for (let tile = 0; tile < tileColumns; tile++) {
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        const image = begin + channel;
        const y00 = pixel(band, image, row, tile * 2);
        const y01 = pixel(band, image, row, tile * 2 + 1);
        const y10 = pixel(band, image, row + 1, tile * 2);
        const y11 = pixel(band, image, row + 1, tile * 2 + 1);
        spreadLine(target, planeBytes, y00, y01);
        spreadLine(target + 4 * planeBytes, planeBytes, f32x4.add(y00, y10), f32x4.add(y01, y11));
        spreadLine(target + 8 * planeBytes, planeBytes, f32x4.sub(y00, y10), f32x4.sub(y01, y11));
        spreadLine(target + 12 * planeBytes, planeBytes, f32x4.neg(y10), f32x4.neg(y11));
        target += 16;
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function spreadLine(target: usize, planeBytes: usize, left: v128, right: v128): void {
  v128.store(target, left);
  v128.store(target + planeBytes, f32x4.add(left, right));
  v128.store(target + 2 * planeBytes, f32x4.sub(left, right));
  v128.store(target + 3 * planeBytes, f32x4.neg(right));
}
