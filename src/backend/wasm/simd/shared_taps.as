/** The taps of a 3x3 kernel as `upsampled` multiplies by them: w0, w0 + w1 + w2, w2 each way. */

/** Nine matrices of `size` values (a multiple of 4) each, from `kernel` to `planes`. */
export function shareTaps(kernel: usize, planes: usize, size: i32, planeBytes: usize): void {
  const bytes = <usize>size * 4;
  for (let at: usize = 0; at < bytes; at += 16) {
    const source = kernel + at;
    for (let column: usize = 0; column < 3; column++) {
      const place = source + column * bytes;
      const first = v128.load(place);
      const last = v128.load(place + 6 * bytes);
      const sum = f32x4.add(f32x4.add(first, last), v128.load(place + 3 * bytes));
      const target = planes + at + column * planeBytes;
      v128.store(target, first);
      v128.store(target + 3 * planeBytes, sum);
      v128.store(target + 6 * planeBytes, last);
    }
    for (let row: usize = 0; row < 3; row++) {
      const place = planes + at + row * 3 * planeBytes;
      const ends = f32x4.add(v128.load(place), v128.load(place + 2 * planeBytes));
      v128.store(place + planeBytes, f32x4.add(ends, v128.load(place + planeBytes)));
    }
  }
}

/** Gradient of shareTaps, from the planes' gradients (which change) to that of the kernel. */
export function shareTapsGradient(planes: usize, kernel: usize, size: i32, planeBytes: usize): void {
  const bytes = <usize>size * 4;
  for (let at: usize = 0; at < bytes; at += 16) {
    for (let row: usize = 0; row < 3; row++) {
      const place = planes + at + row * 3 * planeBytes;
      const last = place + 2 * planeBytes;
      const sum = v128.load(place + planeBytes);
      v128.store(place, f32x4.add(v128.load(place), sum));
      v128.store(last, f32x4.add(v128.load(last), sum));
    }
    for (let column: usize = 0; column < 3; column++) {
      const place = planes + at + column * planeBytes;
      const sum = v128.load(place + 3 * planeBytes);
      const target = kernel + at + column * bytes;
      v128.store(target, f32x4.add(v128.load(place), sum));
      v128.store(target + 3 * bytes, sum);
      v128.store(target + 6 * bytes, f32x4.add(v128.load(place + 6 * planeBytes), sum));
    }
  }
}
