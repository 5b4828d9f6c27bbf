/** The picture format of a file, told from its first bytes and never from its name. */

/** Formats that can be decoded. */
export type InputFormat = "png" | "jpeg" | "webp" | "avif" | "tiff" | "gif";

// "?" stands for any byte. The second pair of TIFF signatures is BigTIFF.
const SIGNATURES: readonly (readonly [InputFormat, string])[] = [
  ["png", "\x89PNG\r\n\x1a\n"],
  ["jpeg", "\xff\xd8\xff"],
  ["webp", "RIFF????WEBP"],
  ["gif", "GIF87a"],
  ["gif", "GIF89a"],
  ["tiff", "II*\0"],
  ["tiff", "MM\0*"],
  ["tiff", "II+\0"],
  ["tiff", "MM\0+"],
];

/**
 * Tells the format of a picture.
 * @returns undefined for anything that is none of the six.
 * @see ISO/IEC 14496-12, 4.3 (the ftyp box of AVIF); the other signatures are constants.
 */
export function sniffFormat(bytes: Uint8Array): InputFormat | undefined {
  if (isAvif(bytes)) return "avif";
  return SIGNATURES.find(([, signature]) => startsWith(bytes, signature))?.[0];
}

function startsWith(bytes: Uint8Array, signature: string): boolean {
  return [...signature].every((char, i) => char === "?" || bytes[i] === char.charCodeAt(0));
}

/** Whether the ftyp box names AVIF among its brands: the major one, a version, compatible ones. */
function isAvif(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, "????ftyp")) return false;
  const boxBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  for (let at = 8; at + 4 <= Math.min(boxBytes, bytes.length); at += 4) {
    const brand = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (at !== 12 && (brand === "avif" || brand === "avis")) return true;
  }
  return false;
}
