/** Copies of tensors in the order in which the kernels read them. */

/** What to pack; the words are written in this order. Pointers are byte addresses. */
@unmanaged
export class Packing {
  source: usize;
  /** [outputChannels / 8][taps][channels filled up to 4][8]. */
  target: usize;
  /** For each tap the byte offset of its first weight in the source. */
  tapOffsets: usize;
  tapCount: i32;
  channels: i32;
  outputChannels: i32;
  /** Bytes from one channel to the next in the source. */
  channelBytes: i32;
  outputChannelBytes: i32;
}

/** Packs weights for `convolve`, with zeros where channels are filled up. */
export function packWeights(job: Packing): void {
  let target = job.target;
  const filled = (job.channels + 3) & ~3;
  for (let out = 0; out < job.outputChannels; out += 8) {
    const count = min(8, job.outputChannels - out);
    for (let tap = 0; tap < job.tapCount; tap++) {
      const first = job.source + load<usize>(job.tapOffsets + <usize>tap * 4);
      const source = first + <usize>(out * job.outputChannelBytes);
      packTap(job, source, target, count);
      target += <usize>filled * 32;
    }
  }
}

function packTap(job: Packing, source: usize, target: usize, count: i32): void {
  const filled = (job.channels + 3) & ~3;
  const outputBytes = <usize>job.outputChannelBytes;
  for (let channel = 0; channel < filled; channel++) {
    if (channel >= job.channels) {
      memory.fill(target, 0, 32);
    } else if (count == 8 && outputBytes == 4) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
    } else {
      for (let i: usize = 0; i < 8; i++) {
        const value = i < <usize>count ? load<f32>(source + i * outputBytes) : 0;
        store<f32>(target + i * 4, value);
      }
    }
    source += <usize>job.channelBytes;
    target += 32;
  }
}

/** Copies [pixels, channels] to [pixels, channels filled up with zeros to a multiple of 4]. */
export function fillChannels(source: usize, target: usize, pixels: i32, channels: i32): void {
  const filled = (channels + 3) & ~3;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < filled; channel++) {
      store<f32>(target, channel < channels ? load<f32>(source) : 0);
      if (channel < channels) source += 4;
      target += 4;
    }
  }
}
