/** `deno task train` as its user meets it. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { EpochRecord } from "../../src/train/history.ts";
import { paintImages } from "../data/paint_images.ts";
import { webgpuTest } from "../webgpu.ts";
import {
  makeWorkspace,
  readFolder,
  readRunArrays,
  readRunHistory,
  runScript,
  startScript,
} from "./train_command.ts";

const EPOCHS = 12;
const WASM = ["--backend", "wasm", "--workers", "1"];

Deno.test("deno task train ends with the same weights, killed and interrupted or not", async (t) => {
  await using workspace = await makeWorkspace();
  const [whole, broken] = [`${workspace.path}/whole`, `${workspace.path}/broken`];
  const args = ["tiny", ...workspace.flags, ...WASM, "--epochs", String(EPOCHS)];

  await t.step("a run prints plain lines on a pipe", async () => {
    const { code, stdout, stderr } = await runScript("train", [...args, "--out", whole]);
    assertEquals([code, stdout], [0, ""], stderr);
    assertMatch(stderr, /^device: CPU \(WASM SIMD\), asked for; workers: 1\n/);
    assertMatch(stderr, /^epoch 1\/12 \d+\/20 images · [\d.]+\/s · ETA .* · loss 0\.\d+$/m);
    assertMatch(stderr, /^epoch 12\/12: loss 0\.\d+, validation loss 0\.\d+, .* images\/s$/m);
    assertStringIncludes(stderr, `done: 12 epoch(s) in ${whole}\n`);
    assertEquals(["\r", "\x1b"].filter((control) => stderr.includes(control)), []);
  });
  await t.step("its folder holds configuration, checkpoint, history and chart", async () => {
    await checkRunFolder(whole, { command: [...args, "--out", whole].join(" ") });
  });
  await t.step("kill -9 ends a run in the middle", async () => {
    const run = startScript("train", [...args, "--out", broken]);
    const { signal } = await run.signalAt("epoch 2/12:", "SIGKILL");
    assertEquals(signal, "SIGKILL");
  });
  await t.step("Ctrl-C saves, tells how to go on, and ends with 130", async () => {
    const run = startScript("train", [...args, "--out", broken, "--resume"]);
    const { code, stderr } = await run.signalAt("/12:", "SIGINT");
    assertEquals(code, 130, stderr);
    assertMatch(stderr, /^stopping after this step; press Ctrl-C again to stop at once$/m);
    const folders = `--models ${workspace.path}/models --out ${broken}`;
    const hint = `deno task train tiny ${WASM.join(" ")} ${folders} --resume`;
    assertStringIncludes(stderr, `stopped; go on with: ${hint}\n`);
    assert((await readRunHistory(broken)).length < EPOCHS);
  });
  await t.step("the resumed run ends as the other, its history complete", async () => {
    await checkResumed(broken, { modelsDir: `${workspace.path}/models`, whole });
  });
});

async function checkRunFolder(runDir: string, { command }: { command: string }): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(runDir))).map(({ name }) => name).sort();
  assertEquals(names, ["checkpoint.safetensors", "config.json", "history.jsonl", "history.svg"]);
  assertMatch(await Deno.readTextFile(`${runDir}/history.svg`), /^<svg[^]*training[^]*<\/svg>$/);
  const history = await readRunHistory(runDir);
  assertEquals(history.map(({ epoch }) => epoch), Array.from({ length: EPOCHS }, (_, i) => i + 1));
  assert(history.at(-1)!.loss < history[0]!.loss, JSON.stringify(history));
  const config = JSON.parse(await Deno.readTextFile(`${runDir}/config.json`));
  assertEquals([config.training.epochs, config.training.batch], [EPOCHS, 8]);
  assertEquals(config.command, `deno task train ${command}`);
}

async function checkResumed(
  broken: string,
  { modelsDir, whole }: { modelsDir: string; whole: string },
): Promise<void> {
  // Without --dir: the run knows its data.
  const args = ["tiny", "--models", modelsDir, ...WASM, "--out", broken, "--resume"];
  const { code, stderr } = await runScript("train", args);
  assertEquals(code, 0, stderr);
  assertEquals(await readRunArrays(broken), await readRunArrays(whole));
  const [history, expected] = [await readRunHistory(broken), await readRunHistory(whole)];
  assertEquals(history.map(scores), expected.map(scores));
  assertStringIncludes(await Deno.readTextFile(`${broken}/history.svg`), "<svg");
  const { command } = JSON.parse(await Deno.readTextFile(`${broken}/config.json`));
  assertMatch(command, /^deno task train tiny .* && deno task train tiny .* --resume$/);
}

Deno.test("deno task train refuses what it cannot do, in one line, and overwrites nothing", async (t) => {
  await using workspace = await makeWorkspace({ train: 4, val: 1 });
  const { flags, path } = workspace;
  const [run, cut, fresh] = [`${path}/run`, `${path}/cut`, `${path}/fresh`];
  const begun = await runScript("train", [
    "tiny",
    ...flags,
    ...WASM,
    "--epochs",
    "1",
    "--out",
    run,
  ]);
  assertEquals(begun.code, 0, begun.stderr);
  await copyRun(run, cut);
  await Deno.truncate(`${cut}/checkpoint.safetensors`, 3000);
  const before = [await readFolder(run), await readFolder(cut)];
  for (const [args, expected, problem] of refusals({ run, cut, fresh })) {
    await t.step(args.join(" ").replaceAll(`${path}/`, ""), async () => {
      // The last of a repeated flag counts, so a case can have its own --dir.
      const { code, stdout, stderr } = await runScript("train", [...flags, ...WASM, ...args]);
      assertStringIncludes(stderr, problem);
      assertMatch(stderr, /^train: [^\n]*\n$/);
      assertEquals([code, stdout], [expected, ""]);
    });
  }
  assertEquals([await readFolder(run), await readFolder(cut)], before);
  assertEquals(await Deno.stat(fresh).catch(({ name }) => name), "NotFound");
});

/** What is wrong, by folders of a finished run, of one with a damaged checkpoint, and of none. */
function refusals(
  { run, cut, fresh }: { run: string; cut: string; fresh: string },
): [args: string[], code: number, problem: string][] {
  const [begin, resume] = [["tiny", "--out", fresh], ["tiny", "--out", run, "--resume"]];
  return [
    [["--out", fresh], 2, "exactly one NAME is needed, got 0"],
    [["tinny", "--out", fresh], 2, "NAME must be one of tiny, got tinny"],
    [[...begin, "--colour"], 2, "--colour"],
    [[...begin, "--epochs", "0"], 2, "--epochs: must be a whole number, 1 or more, got 0"],
    [[...begin, "--batch", "x"], 2, "--batch: must be a whole number, 1 or more, got x"],
    [[...begin, "--learning-rate", "0"], 2, "must be a number above 0, got 0"],
    [[...begin, "--ema-decay", "1"], 2, "must be a number above 0 and below 1, got 1"],
    [[...begin, "--kernels", "theirs"], 2, "must be one of ours, builtin, got theirs"],
    [[...begin, "--init", "none"], 2, "--init: must be one of tiny, or a file, got none"],
    [[...begin, "--init", "tiny"], 2, "tiny/weights.safetensors must be there, got none"],
    [[...begin, "--aged", "0.4"], 2, "--aged with tiny: it must be a palette, got encoder-decoder"],
    [[...resume, "--init", "tiny"], 2, "--init with --resume: the run has weights already"],
    [[...begin, "--backend", "tpu"], 2, "must be one of auto, webgpu, wasm, got tpu"],
    [[...begin, "--dir", `${fresh}/none`], 1, `train split: ${fresh}/none holds none`],
    [[...begin, "--resume"], 2, `${fresh} must hold a checkpoint, found none`],
    [["tiny", "--out", run], 2, `${run} holds a run already; use --resume, or another folder`],
    [[...resume, "--seed", "5"], 2, "seed must stay 0 as the run began, got 5"],
    [[...resume, "--batch", "4"], 2, "batch must stay 8 as the run began, got 4"],
    [["tiny", "--out", cut, "--resume"], 1, `Cannot read checkpoint ${cut}/checkpoint.safetensors`],
  ];
}

Deno.test("deno task train begins with the averages of another run by --init", async () => {
  await using workspace = await makeWorkspace({ train: 20, val: 1 });
  const [first, second] = [`${workspace.path}/first`, `${workspace.path}/second`];
  const begin = ["tiny", ...workspace.flags, ...WASM, "--epochs", "1"];
  const settings = ["--ema-decay", "0.9", "--clip-norm", "1", "--kernels", "builtin"];
  const begun = await runScript("train", [...begin, "--out", first, ...settings]);
  assertEquals(begun.code, 0, begun.stderr);
  const path = `${first}/checkpoint.safetensors`;
  const still = ["--learning-rate", "1e-12", "--init", path, "--out", second];
  const run = await runScript("train", [...begin, ...still]);
  assertEquals(run.code, 0, run.stderr);
  const [before, after] = [await readRunArrays(first), await readRunArrays(second)];
  const weights = after.get("conv1/kernel")!.values;
  assertEquals(weights, before.get("average/conv1/kernel")!.values);
  assertNotEquals(weights, before.get("conv1/kernel")!.values);
  const { init } = JSON.parse(await Deno.readTextFile(`${second}/config.json`));
  assertEquals(init.path, path);
  assertMatch(init.sha256, /^[0-9a-f]{64}$/);
});

Deno.test("deno task train --class-weights trains on so many images of each class", async () => {
  await using workspace = await makeWorkspace();
  const [runDir, file] = [`${workspace.path}/weighted`, `${workspace.path}/weights.json`];
  await Deno.writeTextFile(file, '{ "*": 0.5 }');
  const args = ["tiny", ...workspace.flags, ...WASM, "--epochs", "1", "--out", runDir];
  const { code, stderr } = await runScript("train", [...args, "--class-weights", file]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^epoch 1\/1 10\/10 images /m); // of 20
  const { training } = JSON.parse(await Deno.readTextFile(`${runDir}/config.json`));
  assertEquals(training.classWeights, { "*": 0.5 });
});

Deno.test("deno task train --min-colorfulness trains on colorful images, also when it goes on", async () => {
  await using workspace = await makeWorkspace({ train: 6, val: 1 });
  const kinds = ["gray", "colored", "sepia", "colored", "colored", "gray"] as const;
  await paintImages(`${workspace.path}/data`, kinds);
  const out = ["--out", `${workspace.path}/run`];
  const args = ["tiny", ...workspace.flags, ...WASM, "--workers", "2", ...out];
  const begun = await runScript("train", [...args, "--min-colorfulness", "18", "--epochs", "1"]);
  assertEquals(begun.code, 0, begun.stderr);
  assertMatch(begun.stderr, /^left out: 3 images of little color$/m);
  assertMatch(begun.stderr, /^epoch 1\/1 3\/3 images /m);
  const resumed = await runScript("train", [...args, "--epochs", "2", "--resume"]);
  assertEquals(resumed.code, 0, resumed.stderr);
  assertMatch(resumed.stderr, /^epoch 2\/2 3\/3 images /m);
});

Deno.test("deno task train --batch auto keeps the batch that fits as a number", async () => {
  await using workspace = await makeWorkspace({ train: 12, val: 1 });
  const run = `${workspace.path}/run`;
  const args = ["tiny", ...workspace.flags, ...WASM, "--batch", "auto", "--out", run];
  const { code, stderr } = await runScript("train", [...args, "--epochs", "1"]);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^batch: 8 images a step fit$/m);
  const { training } = JSON.parse(await Deno.readTextFile(`${run}/config.json`));
  assertEquals(training.batch, 8);
  const resumed = await runScript("train", [...args, "--epochs", "2", "--resume"]);
  assertEquals([resumed.code, (await readRunHistory(run)).length], [0, 2], resumed.stderr);
});

webgpuTest("deno task train trains on webgpu", async () => {
  await using workspace = await makeWorkspace({ train: 12, val: 2 });
  const run = `${workspace.path}/run`;
  const args = ["tiny", ...workspace.flags, "--backend", "webgpu", "--epochs", "2", "--out", run];
  const { code, stderr } = await runScript("train", args);
  assertEquals(code, 0, stderr);
  assertMatch(stderr, /^device: .*, asked for; workers: 1$/m);
  const losses = (await readRunHistory(run)).map(({ loss }) => loss);
  assertEquals(losses.length, 2);
  assert(losses[1]! < losses[0]!, String(losses));
}, { sends: false });

/** What must be the same in every run: all but the times. */
function scores({ epoch, loss, psnr, validationLoss, validationPsnr, images }: EpochRecord) {
  return { epoch, loss, psnr, validationLoss, validationPsnr, images };
}

async function copyRun(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const [name, bytes] of await readFolder(from)) await Deno.writeFile(`${to}/${name}`, bytes);
}
