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
  /** Gives the device back; nothing runs on it afterwards. */
  stop(): void;
}
