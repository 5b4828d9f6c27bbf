/** The compiled kernels of `simd/` (`deno task build-kernels`), working in tfjs' own WASM memory. */
export interface SimdKernels {
  memory: WebAssembly.Memory;
  /** Positions that `convolve` needs room for. */
  chunk: number;
  /** Each takes the address of a job, whose words the sources in `simd/` describe. */
  convolve(job: number): void;
  sumFilterGradient(job: number): void;
  packWeights(job: number): void;
  shareTaps(kernel: number, planes: number, size: number, planeBytes: number): void;
  shareTapsGradient(planes: number, kernel: number, size: number, planeBytes: number): void;
  takeDifferences(band: number): void;
  addDifferences(band: number): void;
  combineOutputs(band: number): void;
  spreadOutputs(band: number): void;
  transformTaps(kernel: number, planes: number, size: number, planeBytes: number): void;
  transformTapsGradient(planes: number, kernel: number, size: number, planeBytes: number): void;
  takeTiles(band: number): void;
  combineTiles(band: number): void;
  spreadTiles(band: number): void;
  /** Copies [pixels, channels], filled up with zeros to a multiple of 4 channels. */
  fillChannels(source: number, target: number, pixels: number, channels: number): void;
  /** [pixels, channels] times scales plus shifts, both [channels]. */
  scaleChannels: ScaleChannels;
  /** Weighted means of nine pixels each; `taps` holds their addresses and weights. */
  mixPixels(taps: number, target: number, pixels: number, channels: number): void;
}

type ScaleChannels = (
  ...addresses: [
    source: number,
    target: number,
    pixels: number,
    channels: number,
    scales: number,
    shifts: number,
  ]
) => void;

let loaded: SimdKernels | undefined;

/** Loads the kernels onto a memory; those on an earlier one are forgotten. */
export async function loadSimdKernels(memory: WebAssembly.Memory): Promise<void> {
  const bytes = await Deno.readFile(new URL("simd/kernels.wasm", import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const { CHUNK, ...kernels } = instance.exports as unknown as SimdKernels & {
    CHUNK: WebAssembly.Global;
  };
  loaded = { ...kernels, memory, chunk: CHUNK.value };
}

/** @throws {Error} Before `startWasm`. */
export function simdKernels(): SimdKernels {
  if (!loaded) throw new Error("Cannot run kernel: wasm must be started by startBackend()");
  return loaded;
}

/** Lays out parts of one piece of memory, each on a cache line's border. */
export class Layout {
  bytes = 0;

  /** @returns Where the part begins, counted from the whole's beginning. */
  reserve(bytes: number): number {
    const begin = this.bytes;
    this.bytes += Math.ceil(bytes / 64) * 64;
    return begin;
  }
}

/** Writes 32-bit words (numbers, or addresses as pointers) at a byte address. */
export function writeWords(address: number, words: number[]): void {
  new Int32Array(simdKernels().memory.buffer, address, words.length).set(words);
}
