import { zipSync } from "fflate";
import type { NamedArray } from "./safetensors.ts";

/** The format's magic bytes and its version, 1.0. */
const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0];
/** Magic, length and header together fill a multiple of this, so that the values lie aligned. */
const ALIGNMENT = 64;
/** The earliest that a zip can tell: the same arrays give the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

/**
 * Writes arrays as `numpy.savez` does: a zip of one uncompressed .npy file each.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (the .npy format).
 */
export function encodeNpz(arrays: NamedArray[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(
    arrays.map((array) => [`${array.name}.npy`, encodeNpy(array)]),
  );
  return zipSync(files, { level: 0, mtime: NO_TIME });
}

function encodeNpy({ shape, values }: NamedArray): Uint8Array {
  const sides = shape.map((side) => `${side},`).join(" "); // as Python writes a tuple of one
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const fixed = MAGIC.length + 2;
  const total = Math.ceil((fixed + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new TextEncoder().encode(`${dictionary.padEnd(total - fixed - 1)}\n`);
  const file = new Uint8Array(total + values.byteLength);
  file.set(MAGIC);
  new DataView(file.buffer).setUint16(MAGIC.length, header.length, true);
  file.set(header, fixed);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), total);
  return file;
}
