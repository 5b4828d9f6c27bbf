/** A started backend: where tensors live and networks run. */
export interface Device {
  backend: "webgpu" | "wasm";
  /** The adapter's name, or `CPU (WASM SIMD)`. */
  description: string;
  /** Why this one was chosen, for the user. */
  reason: string;
  /** The largest tensor that one kernel can bind. */
  maxTensorBytes: number;
  /** @throws {Error} The first error that the device reported. tfjs itself ignores them all. */
  check(): void;
  /** Resolves when the device is lost; never on WASM. */
  lost: Promise<Error>;
  /**
   * Gives back memory that work of varying size has left behind; for after such work, as the next
   * of the same size must allocate anew.
   */
  trim(options?: { keepBytes?: number }): void;
  /**
   * Runs something to see whether the device has the memory and the limits for it. On WASM it always
   * has, until its heap is full.
   */
  fits(work: () => Promise<void>): Promise<boolean>;
  /** Gives the device back; nothing runs on it afterwards. */
  stop(): void;
}
