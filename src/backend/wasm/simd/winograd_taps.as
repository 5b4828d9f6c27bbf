/** The taps of a 3x3 kernel as `winograd` multiplies by them. */

/** Sixteen matrices U of `size` values (a multiple of 4) each, from a kernel of nine. */
export function transformTaps(kernel: usize, planes: usize, size: i32, planeBytes: usize): void {
  const bytes = <usize>size * 4;
  const half = f32x4.splat(0.5);
  for (let at: usize = 0; at < bytes; at += 16) {
    // Down, into the first three columns of the planes; then across, row by row.
    for (let column: usize = 0; column < 3; column++) {
      const place = planes + at + column * planeBytes;
      transformLine(kernel + at + column * bytes, 3 * bytes, place, 4 * planeBytes, half);
    }
    for (let row: usize = 0; row < 4; row++) {
      const place = planes + at + 4 * row * planeBytes;
      transformLine(place, planeBytes, place, planeBytes, half);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function transformLine(source: usize, step: usize, target: usize, targetStep: usize, half: v128): void {
  const g0 = v128.load(source);
  const g1 = f32x4.mul(v128.load(source + step), half);
  const g2 = v128.load(source + 2 * step);
  const ends = f32x4.mul(f32x4.add(g0, g2), half);
  v128.store(target, g0);
  v128.store(target + targetStep, f32x4.add(ends, g1));
  v128.store(target + 2 * targetStep, f32x4.sub(ends, g1));
  v128.store(target + 3 * targetStep, g2);
}

/** Gradient of transformTaps, from that of the matrices (which change) to that of the kernel. */
export function transformTapsGradient(planes: usize, kernel: usize, size: i32, planeBytes: usize): void {
  const bytes = <usize>size * 4;
  const half = f32x4.splat(0.5);
  for (let at: usize = 0; at < bytes; at += 16) {
    for (let row: usize = 0; row < 4; row++) {
      const place = planes + at + 4 * row * planeBytes;
      gatherLine(place, planeBytes, place, planeBytes, half);
    }
    for (let column: usize = 0; column < 3; column++) {
      const place = planes + at + column * planeBytes;
      gatherLine(place, 4 * planeBytes, kernel + at + column * bytes, 3 * bytes, half);
    }
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function gatherLine(source: usize, step: usize, target: usize, targetStep: usize, half: v128): void {
  const u1 = v128.load(source + step);
  const u2 = v128.load(source + 2 * step);
  const both = f32x4.mul(f32x4.add(u1, u2), half);
  const first = f32x4.add(v128.load(source), both);
  const last = f32x4.add(v128.load(source + 3 * step), both);
  v128.store(target, first);
  v128.store(target + targetStep, f32x4.mul(f32x4.sub(u1, u2), half));
  v128.store(target + 2 * targetStep, last);
}
