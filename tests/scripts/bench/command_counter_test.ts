import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { CommandCounter } from "../../../scripts/bench/command_counter.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { webgpuTest } from "../../webgpu.ts";

webgpuTest("CommandCounter counts shaders and submissions until it is stopped", async () => {
  const device = await startBackend("webgpu");
  const values = tf.ones([64, 64]);
  await tf.square(values).data();
  const counter = new CommandCounter();
  const squares = tf.square(values);
  assertEquals(counter.counts, { dispatches: 1, submits: 0 });
  await tf.sqrt(squares).data();
  const counts = counter.stop();
  assertEquals(counts, { dispatches: 2, submits: 1 });
  await tf.exp(squares).data();
  assertEquals(counts, { dispatches: 2, submits: 1 });
  device.check();
  device.stop();
});

webgpuTest("two CommandCounters count beside each other", async () => {
  const device = await startBackend("webgpu");
  const values = tf.ones([64, 64]);
  const outer = new CommandCounter();
  await tf.square(values).data();
  const inner = new CommandCounter();
  await tf.square(values).data();
  assertEquals(inner.stop().submits, 1);
  assertEquals(outer.stop().submits, 2);
  assert(outer.counts.dispatches === 2);
  device.stop();
});
