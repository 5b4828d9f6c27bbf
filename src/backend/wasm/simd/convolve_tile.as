/** The inner loop of convolutions and products. */

/**
 * 4 positions x 8 output channels: 8 sums, 4 input values of each position and 2 vectors of
 * weights, which is what 15 vector registers hold. A position's 4 values come in one load, and a
 * shuffle spreads each of them: every load has its bounds checked, so loads are what costs.
 */
export function convolveTile(
  pixels: usize,
  tapCount: i32,
  weights: usize,
  tapBytes: usize,
  bias: usize,
  relu: i32,
  outputs: usize,
  outputShift: usize,
  channelsLeft: i32,
  spare: usize,
): void {
  let s00 = v128.load(bias);
  let s01 = v128.load(bias, 16);
  let s10 = s00;
  let s11 = s01;
  let s20 = s00;
  let s21 = s01;
  let s30 = s00;
  let s31 = s01;
  const end = pixels + <usize>tapCount * 16;
  while (pixels < end) {
    let p0 = load<usize>(pixels);
    let p1 = load<usize>(pixels, 4);
    let p2 = load<usize>(pixels, 8);
    let p3 = load<usize>(pixels, 12);
    pixels += 16;
    const tapEnd = weights + tapBytes;
    do {
      const v0 = v128.load(p0);
      const v1 = v128.load(p1);
      const v2 = v128.load(p2);
      const v3 = v128.load(p3);

      const a0 = v128.load(weights);
      const a1 = v128.load(weights, 16);
      const x00 = v128.shuffle<f32>(v0, v0, 0, 0, 0, 0);
      s00 = f32x4.relaxed_madd(x00, a0, s00);
      s01 = f32x4.relaxed_madd(x00, a1, s01);
      const x01 = v128.shuffle<f32>(v1, v1, 0, 0, 0, 0);
      s10 = f32x4.relaxed_madd(x01, a0, s10);
      s11 = f32x4.relaxed_madd(x01, a1, s11);
      const x02 = v128.shuffle<f32>(v2, v2, 0, 0, 0, 0);
      s20 = f32x4.relaxed_madd(x02, a0, s20);
      s21 = f32x4.relaxed_madd(x02, a1, s21);
      const x03 = v128.shuffle<f32>(v3, v3, 0, 0, 0, 0);
      s30 = f32x4.relaxed_madd(x03, a0, s30);
      s31 = f32x4.relaxed_madd(x03, a1, s31);

      const b0 = v128.load(weights, 32);
      const b1 = v128.load(weights, 48);
      const x10 = v128.shuffle<f32>(v0, v0, 1, 1, 1, 1);
      s00 = f32x4.relaxed_madd(x10, b0, s00);
      s01 = f32x4.relaxed_madd(x10, b1, s01);
      const x11 = v128.shuffle<f32>(v1, v1, 1, 1, 1, 1);
      s10 = f32x4.relaxed_madd(x11, b0, s10);
      s11 = f32x4.relaxed_madd(x11, b1, s11);
      const x12 = v128.shuffle<f32>(v2, v2, 1, 1, 1, 1);
      s20 = f32x4.relaxed_madd(x12, b0, s20);
      s21 = f32x4.relaxed_madd(x12, b1, s21);
      const x13 = v128.shuffle<f32>(v3, v3, 1, 1, 1, 1);
      s30 = f32x4.relaxed_madd(x13, b0, s30);
      s31 = f32x4.relaxed_madd(x13, b1, s31);

      const c0 = v128.load(weights, 64);
      const c1 = v128.load(weights, 80);
      const x20 = v128.shuffle<f32>(v0, v0, 2, 2, 2, 2);
      s00 = f32x4.relaxed_madd(x20, c0, s00);
      s01 = f32x4.relaxed_madd(x20, c1, s01);
      const x21 = v128.shuffle<f32>(v1, v1, 2, 2, 2, 2);
      s10 = f32x4.relaxed_madd(x21, c0, s10);
      s11 = f32x4.relaxed_madd(x21, c1, s11);
      const x22 = v128.shuffle<f32>(v2, v2, 2, 2, 2, 2);
      s20 = f32x4.relaxed_madd(x22, c0, s20);
      s21 = f32x4.relaxed_madd(x22, c1, s21);
      const x23 = v128.shuffle<f32>(v3, v3, 2, 2, 2, 2);
      s30 = f32x4.relaxed_madd(x23, c0, s30);
      s31 = f32x4.relaxed_madd(x23, c1, s31);

      const d0 = v128.load(weights, 96);
      const d1 = v128.load(weights, 112);
      const x30 = v128.shuffle<f32>(v0, v0, 3, 3, 3, 3);
      s00 = f32x4.relaxed_madd(x30, d0, s00);
      s01 = f32x4.relaxed_madd(x30, d1, s01);
      const x31 = v128.shuffle<f32>(v1, v1, 3, 3, 3, 3);
      s10 = f32x4.relaxed_madd(x31, d0, s10);
      s11 = f32x4.relaxed_madd(x31, d1, s11);
      const x32 = v128.shuffle<f32>(v2, v2, 3, 3, 3, 3);
      s20 = f32x4.relaxed_madd(x32, d0, s20);
      s21 = f32x4.relaxed_madd(x32, d1, s21);
      const x33 = v128.shuffle<f32>(v3, v3, 3, 3, 3, 3);
      s30 = f32x4.relaxed_madd(x33, d0, s30);
      s31 = f32x4.relaxed_madd(x33, d1, s31);

      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
      weights += 128;
    } while (weights < tapEnd);
  }
  if (relu) {
    const zero = f32x4.splat(0);
    s00 = f32x4.max(s00, zero);
    s01 = f32x4.max(s01, zero);
    s10 = f32x4.max(s10, zero);
    s11 = f32x4.max(s11, zero);
    s20 = f32x4.max(s20, zero);
    s21 = f32x4.max(s21, zero);
    s30 = f32x4.max(s30, zero);
    s31 = f32x4.max(s31, zero);
  }
  put(load<usize>(outputs) + outputShift, s00, s01, channelsLeft, spare);
  put(load<usize>(outputs, 4) + outputShift, s10, s11, channelsLeft, spare);
  put(load<usize>(outputs, 8) + outputShift, s20, s21, channelsLeft, spare);
  put(load<usize>(outputs, 12) + outputShift, s30, s31, channelsLeft, spare);
}

/** Stores the first `count` of 8 values. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function put(target: usize, low: v128, high: v128, count: i32, spare: usize): void {
  if (count >= 8) {
    v128.store(target, low);
    v128.store(target, high, 16);
  } else {
    v128.store(spare, low);
    v128.store(spare, high, 16);
    for (let i: usize = 0; i < <usize>count; i++) {
      store<f32>(target + i * 4, load<f32>(spare + i * 4));
    }
  }
}
