import type { Device } from "../device.ts";

/**
 * Watches a GPU device. tfjs goes on after a validation error, an allocation that failed or a lost
 * device, with zeros as results; `check` makes it known.
 */
export function watchDevice(device: GPUDevice): Pick<Device, "check" | "lost"> {
  let first: Error | undefined;
  device.addEventListener("uncapturederror", (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    event.preventDefault();
    first ??= new Error(`${kindOf(error)}: ${error.message}`);
  });
  const lost = device.lost.then(({ reason, message }) => {
    const lostError = new Error(`GPU device lost (${reason}): ${message}`);
    first ??= lostError;
    return lostError;
  });
  return {
    lost,
    check: () => {
      if (first) throw new Error(`Cannot go on computing: ${first.message}`, { cause: first });
    },
  };
}

function kindOf(error: GPUError): string {
  if (error instanceof GPUOutOfMemoryError) return "GPU out of memory";
  if (error instanceof GPUValidationError) return "GPU validation error";
  return "GPU internal error";
}
