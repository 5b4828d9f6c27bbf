import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Makes a function that collects garbage at every so many calls. A step on WebGPU leaves hundreds of
 * bind groups and command buffers; V8 takes them for small and keeps them for long, while the
 * driver's memory behind them grows by some 0.3 MB a step.
 * @returns Does nothing where the runtime gives no access to its collector.
 */
export function garbageCollector({ everyCalls }: { everyCalls: number }): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  let calls = 0;
  return () => {
    calls++;
    if (calls % everyCalls === 0 && typeof collect === "function") collect();
  };
}
