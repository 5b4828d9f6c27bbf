/** Which networks `deno task bench train` measures where. */
import { type BackendChoice, type BackendPlan, planBackend } from "../../src/backend/start.ts";
import { requestAdapter } from "../../src/backend/webgpu/start.ts";
import { type NetworkConfig, parseNetworkConfig } from "../../src/network/config.ts";
import { UsageError } from "../command/run.ts";
import { findPython } from "./peer.ts";
import type { TrainingBench } from "./training.ts";

/** The networks that speed is told by: the published one, and one with skips. */
export const TRAINING_NETWORKS = ["polychromify", "u-net"] as const;
export type TrainingNetwork = typeof TRAINING_NETWORKS[number];

/** What the user asked for; what is left undefined is chosen. */
export interface TrainingRequest {
  /** `auto` means wasm, and webgpu where there is a hardware adapter. */
  device: BackendChoice;
  network?: TrainingNetwork | undefined;
  workers?: number | undefined;
  batch?: number | undefined;
  /** Whether to compare with PyTorch. */
  peer: boolean;
}

/** Three levels at full resolution: three times the arithmetic of `polychromify`. */
const U_NET: NetworkConfig = {
  kind: "u-net",
  widths: [32, 64, 128],
  encoderConvs: [1, 1, 1],
  decoderConvs: [1, 1],
  batchNorm: false,
  firstStride: 1,
};

/** That of the report's training; a software adapter would take minutes. */
const BATCH = 64;
const SOFTWARE_BATCH = 8;

/**
 * Plans what to measure, one after the other.
 * @throws {UsageError} When several workers are asked for on one GPU.
 * @throws {Error} When a device that was asked for is missing, or Python fails.
 */
export async function planTraining(
  { device, network, workers, batch, peer }: TrainingRequest,
  log: (line: string) => void,
): Promise<TrainingBench[]> {
  if (device === "webgpu" && workers !== undefined && workers > 1) {
    throw new UsageError(`Cannot use --workers ${workers}: one GPU trains with one worker`);
  }
  const backends = await planBackends(device);
  const python = peer ? await findPython() : undefined;
  if (peer && !python) {
    log("no python3 here has PyTorch: its figures stay unknown");
  }
  const names = network ? [network] : TRAINING_NETWORKS;
  return names.flatMap((name) =>
    backends.map(({ backend, software }): TrainingBench => {
      const images = batch ?? (software ? SOFTWARE_BATCH : BATCH);
      const cores = backend === "wasm" ? workers ?? navigator.hardwareConcurrency : 1;
      return {
        ...{ name, backend, software, python, log },
        network: networkConfig(name),
        workers: Math.min(cores, images),
        batch: images,
      };
    })
  );
}

/** A GPU is compared with what would run without it. */
async function planBackends(
  device: BackendChoice,
): Promise<{ backend: BackendPlan["backend"]; software: boolean }[]> {
  const { backend } = await planBackend(device);
  if (backend === "wasm") return [{ backend, software: false }];
  const software = (await requestAdapter())?.info.isFallbackAdapter ?? false;
  return device === "auto"
    ? [{ backend, software }, { backend: "wasm", software: false }]
    : [{ backend, software }];
}

/** The architecture behind a name. */
export function networkConfig(name: TrainingNetwork): NetworkConfig {
  if (name === "u-net") return U_NET;
  const path = new URL(`../../models/${name}/config.json`, import.meta.url);
  return parseNetworkConfig(JSON.parse(Deno.readTextFileSync(path)).network);
}
