/** What a training step asks of the GPU: its speed on a fast one is bound by that. */
import { assert } from "@std/assert";
import { CommandCounter, type CommandCounts } from "../../../scripts/bench/command_counter.ts";
import { networkConfig } from "../../../scripts/bench/training_plan.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import { wholeBatchContext } from "../../../src/network/network.ts";
import { Adam } from "../../../src/train/adam.ts";
import { REPORT_TRAINING } from "../../../src/train/config.ts";
import { objectiveOf } from "../../../src/train/objective.ts";
import { shareGradients, trainableVariables } from "../../../src/train/step.ts";
import { webgpuTest } from "../../webgpu.ts";

const MOST: CommandCounts = { dispatches: 150, submits: 6 };
const IMAGES = 2;
const SIZE_PX = 64;

webgpuTest("a training step of polychromify takes few GPU commands", async () => {
  const device = await startBackend("webgpu");
  const config = networkConfig("polychromify");
  const network = buildNetwork(config, { seed: 1 });
  const rgb = Uint8Array.from({ length: IMAGES * SIZE_PX ** 2 * 3 }, (_, i) => i % 251);
  const place = { count: IMAGES, sizePx: SIZE_PX, seed: 1, epoch: 0, positions: [0, 1] };
  const share = objectiveOf(config).makeShare(rgb, { ...place, augment: false, aged: 1 });
  const adam = new Adam(trainableVariables(network), REPORT_TRAINING);
  const counter = new CommandCounter();
  const context = wholeBatchContext({ seed: 1, step: 0, batchImages: IMAGES });
  const { loss, gradients } = shareGradients(network, share, context);
  adam.step(gradients);
  const { dispatches, submits } = counter.stop();
  assert(dispatches > 60 && dispatches <= MOST.dispatches, `${dispatches} dispatches`);
  assert(submits <= MOST.submits, `${submits} submits`);
  assert(Number.isFinite((await loss.data())[0])); // waits for the device
  device.check();
  device.stop();
});
