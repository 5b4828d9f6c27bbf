/**
 * Nearest upsampling by 2 and a 3x3 convolution with 9 products a pixel and channel pair instead of
 * 16. On a line, input x[q] gives two outputs, by the taps w0, w1, w2:
 *   y[2q]     = w0 x[q-1] + (w1 + w2) x[q] = w0 (x[q-1] - x[q]) + (w0 + w1 + w2) x[q]
 *   y[2q + 1] = (w0 + w1) x[q] + w2 x[q+1] = w2 (x[q+1] - x[q]) + (w0 + w1 + w2) x[q]
 * so both share one of three products. A band's rows and columns are the input's; the outputs have
 * twice as many. Down and across that makes 3 x 3 planes, plane 3 r + c:
 * the input's differences, times the taps' sums, then added up to 2 x 2 outputs.
 */
import { Band } from "./band";

/** Input to planes of differences, zeros outside the image. */
export function takeDifferences(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const rowBytes = pixelBytes * <usize>band.columns;
  const planeBytes = band.planeBytes;
  let target = band.planes;
  for (let i = 0; i < band.count; i++) {
    const row = band.first + i;
    const hasUp = row % band.rows > 0;
    const hasDown = row % band.rows < band.rows - 1;
    let source = band.tensor + <usize>row * rowBytes;
    for (let column = 0; column < band.columns; column++) {
      const hasLeft = column > 0;
      const hasRight = column < band.columns - 1;
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        const above = source - rowBytes;
        const below = source + rowBytes;
        const up1 = read(above, hasUp);
        const up0 = f32x4.sub(read(above - pixelBytes, hasUp && hasLeft), up1);
        const up2 = f32x4.sub(read(above + pixelBytes, hasUp && hasRight), up1);
        const mid1 = v128.load(source);
        const mid0 = f32x4.sub(read(source - pixelBytes, hasLeft), mid1);
        const mid2 = f32x4.sub(read(source + pixelBytes, hasRight), mid1);
        const down1 = read(below, hasDown);
        const down0 = f32x4.sub(read(below - pixelBytes, hasDown && hasLeft), down1);
        const down2 = f32x4.sub(read(below + pixelBytes, hasDown && hasRight), down1);
        let plane = target;
        plane = write(plane, f32x4.sub(up0, mid0), planeBytes);
        plane = write(plane, f32x4.sub(up1, mid1), planeBytes);
        plane = write(plane, f32x4.sub(up2, mid2), planeBytes);
        plane = write(plane, mid0, planeBytes);
        plane = write(plane, mid1, planeBytes);
        plane = write(plane, mid2, planeBytes);
        plane = write(plane, f32x4.sub(down0, mid0), planeBytes);
        plane = write(plane, f32x4.sub(down1, mid1), planeBytes);
        write(plane, f32x4.sub(down2, mid2), planeBytes);
        source += 16;
        target += 16;
      }
    }
  }
}

/** Gradient of takeDifferences: adds the planes' gradients to that of the input. */
export function addDifferences(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const rowBytes = pixelBytes * <usize>band.columns;
  const planeBytes = band.planeBytes;
  let source = band.planes;
  for (let i = 0; i < band.count; i++) {
    const row = band.first + i;
    const hasUp = row % band.rows > 0;
    const hasDown = row % band.rows < band.rows - 1;
    let target = band.tensor + <usize>row * rowBytes;
    for (let column = 0; column < band.columns; column++) {
      const hasLeft = column > 0;
      const hasRight = column < band.columns - 1;
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        const up0 = v128.load(source);
        const up1 = middle(source, planeBytes);
        const up2 = v128.load(source + 2 * planeBytes);
        const line = source + 3 * planeBytes;
        const last = source + 6 * planeBytes;
        const down0 = v128.load(last);
        const down1 = middle(last, planeBytes);
        const down2 = v128.load(last + 2 * planeBytes);
        const mid0 = f32x4.sub(f32x4.sub(v128.load(line), up0), down0);
        const mid1 = f32x4.sub(f32x4.sub(middle(line, planeBytes), up1), down1);
        const mid2 = f32x4.sub(f32x4.sub(v128.load(line + 2 * planeBytes), up2), down2);
        addThree(target - rowBytes, pixelBytes, up0, up1, up2, hasUp, hasLeft, hasRight);
        addThree(target, pixelBytes, mid0, mid1, mid2, true, hasLeft, hasRight);
        addThree(target + rowBytes, pixelBytes, down0, down1, down2, hasDown, hasLeft, hasRight);
        source += 16;
        target += 16;
      }
    }
  }
}

/** Planes of products to outputs: sums, bias and ReLU. */
export function combineOutputs(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const rowBytes = pixelBytes * <usize>band.columns * 2;
  const planeBytes = band.planeBytes;
  const zero = f32x4.splat(0);
  let source = band.planes;
  for (let i = 0; i < band.count; i++) {
    const above = band.tensor + <usize>(band.first + i) * 2 * rowBytes;
    for (let column = 0; column < band.columns; column++) {
      let target = above + <usize>column * 2 * pixelBytes;
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        const line = source + 3 * planeBytes;
        const last = source + 6 * planeBytes;
        const bias = v128.load(band.bias + channel);
        const mid1 = f32x4.add(v128.load(line + planeBytes), bias);
        const up1 = f32x4.add(v128.load(source + planeBytes), mid1);
        const down1 = f32x4.add(v128.load(last + planeBytes), mid1);
        const mid0 = v128.load(line);
        const mid2 = v128.load(line + 2 * planeBytes);
        const up0 = f32x4.add(v128.load(source), mid0);
        const up2 = f32x4.add(v128.load(source + 2 * planeBytes), mid2);
        const down0 = f32x4.add(v128.load(last), mid0);
        const down2 = f32x4.add(v128.load(last + 2 * planeBytes), mid2);
        v128.store(target, f32x4.max(f32x4.add(up0, up1), zero));
        v128.store(target + pixelBytes, f32x4.max(f32x4.add(up2, up1), zero));
        v128.store(target + rowBytes, f32x4.max(f32x4.add(down0, down1), zero));
        v128.store(target + rowBytes + pixelBytes, f32x4.max(f32x4.add(down2, down1), zero));
        source += 16;
        target += 16;
      }
    }
  }
}

/** Gradient of combineOutputs before bias and ReLU: the outputs' gradients to the planes'. */
export function spreadOutputs(band: Band): void {
  const pixelBytes = <usize>band.channels * 4;
  const rowBytes = pixelBytes * <usize>band.columns * 2;
  const planeBytes = band.planeBytes;
  let target = band.planes;
  for (let i = 0; i < band.count; i++) {
    const above = band.tensor + <usize>(band.first + i) * 2 * rowBytes;
    for (let column = 0; column < band.columns; column++) {
      let source = above + <usize>column * 2 * pixelBytes;
      for (let channel: usize = 0; channel < pixelBytes; channel += 16) {
        const up0 = v128.load(source);
        const up2 = v128.load(source + pixelBytes);
        const up1 = f32x4.add(up0, up2);
        const down0 = v128.load(source + rowBytes);
        const down2 = v128.load(source + rowBytes + pixelBytes);
        const down1 = f32x4.add(down0, down2);
        let plane = target;
        plane = write(plane, up0, planeBytes);
        plane = write(plane, up1, planeBytes);
        plane = write(plane, up2, planeBytes);
        plane = write(plane, f32x4.add(up0, down0), planeBytes);
        plane = write(plane, f32x4.add(up1, down1), planeBytes);
        plane = write(plane, f32x4.add(up2, down2), planeBytes);
        plane = write(plane, down0, planeBytes);
        plane = write(plane, down1, planeBytes);
        write(plane, down2, planeBytes);
        source += 16;
        target += 16;
      }
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function read(address: usize, inside: bool): v128 {
  return inside ? v128.load(address) : f32x4.splat(0);
}

/** Stores into a plane; returns the same place in the next one. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function write(plane: usize, value: v128, planeBytes: usize): usize {
  v128.store(plane, value);
  return plane + planeBytes;
}

/** What three planes of a line give back to the pixel itself. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function middle(line: usize, planeBytes: usize): v128 {
  const sides = f32x4.add(v128.load(line), v128.load(line + 2 * planeBytes));
  return f32x4.sub(v128.load(line + planeBytes), sides);
}

/** Adds to a pixel and its neighbors on the line, where there are such. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addThree(
  pixel: usize,
  pixelBytes: usize,
  left: v128,
  center: v128,
  right: v128,
  hasLine: bool,
  hasLeft: bool,
  hasRight: bool,
): void {
  if (!hasLine) return;
  if (hasLeft) v128.store(pixel - pixelBytes, f32x4.add(v128.load(pixel - pixelBytes), left));
  v128.store(pixel, f32x4.add(v128.load(pixel), center));
  if (hasRight) v128.store(pixel + pixelBytes, f32x4.add(v128.load(pixel + pixelBytes), right));
}
