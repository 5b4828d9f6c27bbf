/** How long the colors of one small copy take, as a service that gets one picture waits for them. */
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { DEFAULT_VIVIDNESS } from "../../src/colorize/colorize_image.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { predictPlanes } from "../../src/colorize/predict.ts";
import { median } from "./turns.ts";

/** One model's map on one device. */
export interface MapSpeed {
  model: string;
  device: string;
  ms: number;
}

const MODEL = "palette";
const MODELS_DIR = `${import.meta.dirname}/../../models`;
const SHAPE = { count: 1, heightPx: 64, widthPx: 64 };
const [WARM_RUNS, RUNS] = [3, 25];

/** Times `palette` with its weights on one 64x64 map, both ways and decoded; the median of 25 runs. */
export async function benchMap(backend: BackendChoice): Promise<MapSpeed> {
  const device = await startBackend(backend);
  const model = await loadModel(MODELS_DIR, MODEL);
  const { heightPx, widthPx } = SHAPE;
  const lightness = Float32Array.from({ length: heightPx * widthPx }, (_, i) => i % 101);
  const timesMs: number[] = [];
  for (let run = 0; run < WARM_RUNS + RUNS; run++) {
    const startMs = performance.now();
    await predictPlanes(model, lightness, SHAPE, { vividness: DEFAULT_VIVIDNESS });
    if (run >= WARM_RUNS) timesMs.push(performance.now() - startMs);
  }
  device.check();
  model.network.dispose();
  device.stop();
  return { model: MODEL, device: device.description, ms: median(timesMs)! };
}
