/** Pictures that the tests of this folder make for themselves. */
import sharp, { type Sharp } from "sharp";

/** Sides of `gradient()`; odd against even, so that a turned picture cannot pass for upright. */
export const WIDTH_PX = 40, HEIGHT_PX = 30;

/** Red grows to the right, green downwards, blue falls to the right: every corner differs. */
export function gradient(channels: 3 | 4 = 3): Uint8Array {
  const data = new Uint8Array(WIDTH_PX * HEIGHT_PX * channels).fill(255);
  for (let i = 0; i < WIDTH_PX * HEIGHT_PX; i++) {
    const x = i % WIDTH_PX, y = Math.floor(i / WIDTH_PX);
    data.set([6 * x, 8 * y, 220 - 5 * x], i * channels);
    if (channels === 4) data[4 * i + 3] = 40 + 5 * x;
  }
  return data;
}

/** The gradient, ready to be turned into a file. */
export function gradientPicture(channels: 3 | 4 = 3): Sharp {
  return sharp(gradient(channels), { raw: { width: WIDTH_PX, height: HEIGHT_PX, channels } });
}

/** Largest difference of two lists of numbers of the same length. */
export function maxDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Infinity;
  let max = 0;
  for (let i = 0; i < one.length; i++) max = Math.max(max, Math.abs(one[i]! - other[i]!));
  return max;
}

/** RGB of RGBA. */
export function withoutAlpha(rgba: ArrayLike<number>): number[] {
  return Array.from(rgba).filter((_, i) => i % 4 !== 3);
}

/** What an uncompressed TIFF holds. */
export interface TiffContent {
  width: number;
  height: number;
  /** Interleaved, of 8 or 16 bits. */
  samples: Uint8Array | Uint16Array;
  /** 1 gray, 2 RGB, 5 CMYK. */
  photometric: 1 | 2 | 5;
  channels: number;
  orientation?: number;
  profile?: Uint8Array;
}

/** A little-endian TIFF of one strip. sharp itself writes no 16-bit and no bare CMYK TIFF. */
export function makeTiff(content: TiffContent): Uint8Array {
  const { width, height, samples, photometric, channels, orientation = 1, profile } = content;
  const pixels = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const pixelsAt = 8, bitsAt = pixelsAt + pixels.length, profileAt = bitsAt + 2 * channels;
  const directoryAt = profileAt + (profile?.length ?? 0) + (profile?.length ?? 0) % 2;
  const bits = 8 * samples.BYTES_PER_ELEMENT;
  const short = 3, long = 4, bytes = 7;
  const entries = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, channels > 2 ? bitsAt : channels === 2 ? bits | (bits << 16) : bits],
    [259, short, 1, 1],
    [262, short, 1, photometric],
    [273, long, 1, pixelsAt],
    [274, short, 1, orientation],
    [277, short, 1, channels],
    [278, long, 1, height],
    [279, long, 1, pixels.length],
    ...(profile ? [[34675, bytes, profile.length, profileAt]] : []),
  ];
  const file = new Uint8Array(directoryAt + 2 + 12 * entries.length + 4);
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directoryAt, true);
  file.set(pixels, pixelsAt);
  for (let i = 0; i < channels; i++) view.setUint16(bitsAt + 2 * i, bits, true);
  if (profile) file.set(profile, profileAt);
  view.setUint16(directoryAt, entries.length, true);
  entries.forEach(([tag, type, count, value], i) => {
    const at = directoryAt + 2 + 12 * i;
    view.setUint16(at, tag!, true);
    view.setUint16(at + 2, type!, true);
    view.setUint32(at + 4, count!, true);
    view.setUint32(at + 8, value!, true);
  });
  return file;
}

/** An ICC profile for gray whose values are linear light. */
export function linearGrayProfile(): Uint8Array {
  const tags = [
    ["wtpt", "XYZ \0\0\0\0\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d"],
    ["kTRC", "curv\0\0\0\0\0\0\0\0"], // no entries: the identity
    ["desc", "mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x02\0\0\0\x1c\0g\0\0"],
  ] as const;
  const start = 128 + 4 + 12 * tags.length;
  const length = start + tags.reduce((sum, [, body]) => sum + body.length, 0);
  const profile = new Uint8Array(length);
  const view = new DataView(profile.buffer);
  const write = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) profile[at + i] = text.charCodeAt(i);
  };
  view.setUint32(0, length);
  write(8, "\x04\x20\0\0mntrGRAYXYZ ");
  write(36, "acsp");
  write(68, "\0\0\xf6\xd6\0\x01\0\0\0\0\xd3\x2d");
  view.setUint32(128, tags.length);
  let at = start;
  tags.forEach(([name, body], i) => {
    write(132 + 12 * i, name);
    view.setUint32(136 + 12 * i, at);
    view.setUint32(140 + 12 * i, body.length);
    write(at, body);
    at += body.length;
  });
  return profile;
}
