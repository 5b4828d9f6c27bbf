/**
 * Runs something, to see whether a GPU has the memory and the limits for it. Errors of the device
 * meanwhile count as an answer, and reach nobody else.
 * @throws {unknown} What the work threw though the device was well.
 */
export async function fitsOn(device: GPUDevice, work: () => Promise<void>): Promise<boolean> {
  const kinds: GPUErrorFilter[] = ["validation", "out-of-memory"];
  for (const kind of kinds) device.pushErrorScope(kind);
  const [outcome] = await Promise.allSettled([work()]);
  let fits = true;
  for (const _ of kinds) if (await device.popErrorScope()) fits = false;
  if (fits && outcome.status === "rejected") throw outcome.reason;
  return fits;
}
