/** The sRGB transfer curve: between 8-bit or 0..1 encoded values and linear light. */

const DECODE_KNEE = 0.04045;
const ENCODE_KNEE = 0.0031308;

/**
 * Linear light, 0..1, of an encoded sRGB value, 0..1.
 * @see IEC 61966-2-1 (formula).
 */
export function decodeSrgb(encoded: number): number {
  return encoded > DECODE_KNEE ? ((encoded + 0.055) / 1.055) ** 2.4 : encoded / 12.92;
}

/**
 * Encoded sRGB value, 0..1, of linear light; below 0 and above 1 the curve goes on, NaN stays NaN.
 * @see IEC 61966-2-1 (formula).
 */
export function encodeSrgb(linear: number): number {
  return linear > ENCODE_KNEE ? 1.055 * linear ** (1 / 2.4) - 0.055 : linear * 12.92;
}

/** Linear light, 0..1, of each 8-bit sRGB value, [256]. */
export const LINEAR_OF_BYTE = Float64Array.from(
  { length: 256 },
  (_, byte) => decodeSrgb(byte / 255),
);

/**
 * Cells of `BYTE_FLOOR`. The steepest part of the curve passes 12.92 * 255 = 3295 bytes per unit of
 * linear light; with more cells than that, no cell holds two rounding steps.
 */
export const ENCODE_CELLS = 4096;

/** Where rounding steps up to each byte, in linear light, [257]; the step to 256 never comes. */
export const BYTE_STARTS = Float64Array.from(
  { length: 257 },
  (_, byte) => byte === 0 ? -Infinity : byte === 256 ? Infinity : decodeSrgb((byte - 0.5) / 255),
);

/** Rounded byte at the start of each cell of linear light, [ENCODE_CELLS + 1]. */
export const BYTE_FLOOR = Uint8Array.from(
  { length: ENCODE_CELLS + 1 },
  (_, cell) => roundToByte(cell / ENCODE_CELLS),
);

/**
 * Rounds linear light to the nearest 8-bit sRGB value, without computing a power.
 * @param linear Any number: below 0 and NaN give 0, above 1 gives 255.
 */
export function encodeSrgbByte(linear: number): number {
  if (!(linear > 0)) return 0;
  if (linear >= 1) return 255;
  const byte = BYTE_FLOOR[(linear * ENCODE_CELLS) | 0]!;
  return linear >= BYTE_STARTS[byte + 1]! ? byte + 1 : byte;
}

function roundToByte(linear: number): number {
  let byte = 0;
  while (linear >= BYTE_STARTS[byte + 1]!) byte++;
  return byte;
}
