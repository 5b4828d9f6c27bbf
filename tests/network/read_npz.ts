/** Reads .npz and .npy files by their formats' descriptions, independently of what writes them. */
import { assert, assertEquals } from "@std/assert";
import { unzipSync } from "fflate";
import type { NamedArray } from "../../src/network/safetensors.ts";

/** The arrays of an .npz file, in its order. */
export function readNpz(file: Uint8Array): NamedArray[] {
  return Object.entries(unzipSync(file)).map(([name, bytes]) => {
    assert(name.endsWith(".npy"));
    return { name: name.slice(0, -4), ...readNpy(bytes) };
  });
}

/** An .npy file of 32-bit floats in C order. */
export function readNpy(bytes: Uint8Array): Omit<NamedArray, "name"> {
  assertEquals([...bytes.subarray(0, 8)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + bytes[8]! + 256 * bytes[9]!;
  assertEquals(start % 64, 0);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  assert(header.endsWith("\n"));
  const [, sides] = /^{'descr': '<f4', 'fortran_order': False, 'shape': \(([^)]*)\), } *\n$/
    .exec(header)!;
  const shape = sides!.split(",").map((side) => side.trim()).filter(Boolean).map(Number);
  return { shape, values: new Float32Array(bytes.slice(start).buffer) };
}
