/** What is done to each pixel's channels alike. Pointers are byte addresses. */

/**
 * target = source * scales + shifts, over [pixels, channels].
 * @param scales [channels], as `shifts`.
 */
export function scaleChannels(
  source: usize,
  target: usize,
  pixels: i32,
  channels: i32,
  scales: usize,
  shifts: usize,
): void {
  const bytes = <usize>channels * 4;
  const whole = bytes & ~15;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const product = f32x4.mul(v128.load(source + at), v128.load(scales + at));
      v128.store(target + at, f32x4.add(product, v128.load(shifts + at)));
    }
    for (; at < bytes; at += 4) {
      const product = load<f32>(source + at) * load<f32>(scales + at);
      store<f32>(target + at, product + load<f32>(shifts + at));
    }
    source += bytes;
    target += bytes;
  }
}

/**
 * Weighted means of nine pixels each, [pixels, channels].
 * @param taps For each pixel nine addresses of pixels, then their nine weights.
 */
export function mixPixels(taps: usize, target: usize, pixels: i32, channels: i32): void {
  const bytes = <usize>channels * 4;
  const whole = bytes & ~15;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let at: usize = 0;
    if (whole > 0) at = mixVectors(taps, target, whole);
    for (; at < bytes; at += 4) {
      let sum: f32 = 0;
      for (let tap = taps; tap < taps + 36; tap += 4) {
        sum += load<f32>(load<usize>(tap) + at) * load<f32>(tap, 36);
      }
      store<f32>(target + at, sum);
    }
    taps += 72;
    target += bytes;
  }
}

/** All addresses and weights stay in registers, and each mean is written once. */
function mixVectors(taps: usize, target: usize, bytes: usize): usize {
  const p0 = load<usize>(taps);
  const p1 = load<usize>(taps, 4);
  const p2 = load<usize>(taps, 8);
  const p3 = load<usize>(taps, 12);
  const p4 = load<usize>(taps, 16);
  const p5 = load<usize>(taps, 20);
  const p6 = load<usize>(taps, 24);
  const p7 = load<usize>(taps, 28);
  const p8 = load<usize>(taps, 32);
  const w0 = v128.load_splat<f32>(taps, 36);
  const w1 = v128.load_splat<f32>(taps, 40);
  const w2 = v128.load_splat<f32>(taps, 44);
  const w3 = v128.load_splat<f32>(taps, 48);
  const w4 = v128.load_splat<f32>(taps, 52);
  const w5 = v128.load_splat<f32>(taps, 56);
  const w6 = v128.load_splat<f32>(taps, 60);
  const w7 = v128.load_splat<f32>(taps, 64);
  const w8 = v128.load_splat<f32>(taps, 68);
  let at: usize = 0;
  for (; at < bytes; at += 16) {
    let sum = f32x4.mul(v128.load(p0 + at), w0);
    sum = f32x4.relaxed_madd(v128.load(p1 + at), w1, sum);
    sum = f32x4.relaxed_madd(v128.load(p2 + at), w2, sum);
    sum = f32x4.relaxed_madd(v128.load(p3 + at), w3, sum);
    sum = f32x4.relaxed_madd(v128.load(p4 + at), w4, sum);
    sum = f32x4.relaxed_madd(v128.load(p5 + at), w5, sum);
    sum = f32x4.relaxed_madd(v128.load(p6 + at), w6, sum);
    sum = f32x4.relaxed_madd(v128.load(p7 + at), w7, sum);
    sum = f32x4.relaxed_madd(v128.load(p8 + at), w8, sum);
    v128.store(target + at, sum);
  }
  return at;
}
