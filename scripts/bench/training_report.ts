/** What `deno task bench train` prints. */
import type { TrainingSpeed } from "./training.ts";

const SHOWN_KERNELS = 8;

/** The figures as JSON; unknown ones are null. */
export function trainingJson(speeds: TrainingSpeed[]) {
  return speeds.map((speed) => ({
    network: speed.name,
    device: speed.backend,
    workers: speed.workers,
    batch: speed.batch,
    images_per_second: speed.imagesPerSecond,
    inference_images_per_second: speed.inferenceImagesPerSecond,
    dispatches_per_step: speed.dispatchesPerStep ?? null,
    submits_per_step: speed.submitsPerStep ?? null,
    builtin_ratio: speed.builtinRatio ?? null,
    peer_ratio: speed.peerRatio ?? null,
    peer_inference_ratio: speed.peerInferenceRatio ?? null,
    device_name: speed.deviceName,
    peer: speed.peerRunsOn ?? null,
    steps_per_second: speed.imagesPerSecond / speed.batch,
    gigaflops_per_second: speed.gigaflopsPerSecond,
    data_wait_share: speed.dataWaitShare,
    timed_step_ms: speed.timedStepMs,
    kernel_ms_per_step: Object.fromEntries(speed.kernelTimes),
  }));
}

/** Lines of the table. */
const FIGURES: [label: string, of: (speed: TrainingSpeed) => string][] = [
  ["network", ({ name }) => name],
  ["device", ({ deviceName }) => deviceName],
  ["workers", ({ workers }) => `${workers}`],
  ["batch", ({ batch }) => `${batch}`],
  ["training images/s", ({ imagesPerSecond }) => figure(imagesPerSecond, 1)],
  ["steps/s", ({ imagesPerSecond, batch }) => figure(imagesPerSecond / batch, 2)],
  ["GFLOP/s", ({ gigaflopsPerSecond }) => figure(gigaflopsPerSecond, 1)],
  ["waiting for images", ({ dataWaitShare }) => `${figure(100 * dataWaitShare, 1)}%`],
  ["dispatches", ({ dispatchesPerStep }) => figure(dispatchesPerStep, 0)],
  ["submits", ({ submitsPerStep }) => figure(submitsPerStep, 1)],
  ["x built-in kernels", ({ builtinRatio }) => figure(builtinRatio, 2)],
  ["x PyTorch", ({ peerRatio }) => figure(peerRatio, 2)],
  ["inference images/s", ({ inferenceImagesPerSecond: rate }) => figure(rate, 1)],
  ["x PyTorch", ({ peerInferenceRatio }) => figure(peerInferenceRatio, 2)],
];

/** The figures, a column for each measurement, and where the time of a step goes. */
export function trainingText(speeds: TrainingSpeed[]): string {
  const columns = [
    FIGURES.map(([label]) => label),
    ...speeds.map((speed) => FIGURES.map(([, of]) => of(speed))),
  ];
  const widths = columns.map((column) => Math.max(...column.map(({ length }) => length)));
  const table = FIGURES.map((_, row) =>
    columns.map((column, i) => column[row]!.padEnd(widths[i]!)).join("  ").trimEnd()
  );
  return [...table, ...speeds.flatMap((speed) => ["", ...kernelLines(speed)])].join("\n");
}

function kernelLines(speed: TrainingSpeed): string[] {
  const { name, deviceName, kernelTimes, timedStepMs } = speed;
  const totalMs = kernelTimes.reduce((sum, [, ms]) => sum + ms, 0);
  const shown = kernelTimes.slice(0, SHOWN_KERNELS);
  const othersMs = shown.reduce((rest, [, ms]) => rest - ms, totalMs);
  const line = (kernel: string, ms: number) =>
    `  ${figure(ms, 2).padStart(9)} ms ${figure(100 * ms / totalMs, 1).padStart(5)}%  ${kernel}`;
  return [
    `${name} on ${deviceName}: kernels of one step, ${figure(totalMs, 1)} ms ` +
    `(the step with each of them timed: ${figure(timedStepMs, 1)} ms)`,
    ...shown.map(([kernel, ms]) => line(kernel, ms)),
    ...(kernelTimes.length > SHOWN_KERNELS ? [line("all others", othersMs)] : []),
    ...(speed.peerRunsOn ? [`  compared with ${speed.peerRunsOn}`] : []),
  ];
}

function figure(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : value.toFixed(digits);
}
