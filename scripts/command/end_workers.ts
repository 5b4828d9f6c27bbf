/** How long a driver may take to let go of a device, and some more. */
const DEVICE_END_MS = 500;

/**
 * Ends workers; those on a GPU get the time to take their device apart. A process that ended
 * meanwhile crashed in NVIDIA's driver, after all its work was done.
 */
export async function endWorkers(
  workers: readonly Worker[],
  { backend }: { backend: "webgpu" | "wasm" },
): Promise<void> {
  for (const worker of workers) worker.terminate();
  if (backend === "webgpu") await new Promise((resolve) => setTimeout(resolve, DEVICE_END_MS));
}
