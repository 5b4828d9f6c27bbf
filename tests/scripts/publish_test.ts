/** `deno task publish` as its user meets it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/network/safetensors.ts";
import { readWeights } from "../../src/network/weights.ts";
import { makeWorkspace, readFolder, readRunArrays, runScript } from "./train_command.ts";

const workspace = await makeWorkspace();
const { path, flags } = workspace;
const [run, modelDir] = [`${path}/run`, `${path}/models/tiny`];
addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
const PUBLISH = [...flags, "--run", run, "--split", "val"];

Deno.test("deno task publish writes weights, metrics and a card that deno task eval confirms", async (t) => {
  const train = ["tiny", ...flags, "--backend", "wasm", "--epochs", "2", "--out", run];
  const trained = await runScript("train", train);
  assertEquals(trained.code, 0, trained.stderr);
  const { code, stdout, stderr } = await runScript("publish", ["tiny", ...PUBLISH, "--limit", "3"]);
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^published .*\/models\/tiny: \d+ bytes of 16-bit floats\n$/);
  const names = (await readFolder(modelDir)).map(([name]) => name);
  assertEquals(names, ["card.md", "config.json", "metrics.json", "weights.safetensors"]);

  await t.step("the weights are those of the run, in 16 bits", checkWeights);
  await t.step("the card tells of the run", checkCard);
  await t.step("its figures are those of the command that it names", checkFigures);
});

Deno.test("deno task publish leaves the model as it was when it cannot publish", async (t) => {
  await addModel("other", { kind: "plain-cnn", filters: [2] });
  const cut = `${path}/cut`;
  await Deno.mkdir(cut);
  for (const [name, bytes] of await readFolder(run)) await Deno.writeFile(`${cut}/${name}`, bytes);
  await Deno.truncate(`${cut}/checkpoint.safetensors`, 3000);
  const folders =
    async () => [await readFolder(modelDir), await readFolder(`${path}/models/other`)];
  const before = await folders();
  const cases: [args: string[], code: number, problem: string][] = [
    [["other"], 2, `${run} must be of the network in ${path}/models/other`],
    [["tiny", "--run", cut], 1, `Cannot read checkpoint ${cut}/checkpoint.safetensors`],
    [["tiny", "--run", `${path}/none`], 2, `${path}/none must hold a run, found none`],
    [["tiny", "--mean", `${path}/none`], 2, `${path}/none must hold a run, found none`],
    [
      ["tiny", "--mean", `${run}/config.json`],
      1,
      "config.json must be a safetensors file: Cannot read safetensors",
    ],
    [["other", "--run", run, "--mean", cut], 2, `must be of the network in ${path}/models/other`],
    [["tiny", "--split", "test"], 1, "Cannot open the test split"],
    [["tiny", "--split", "train"], 2, "--split: must be one of val, test, got train"],
    [["vgg"], 2, "NAME must be one of other, tiny, got vgg"],
    [[], 2, "one NAME is needed, got 0"],
  ];
  for (const [args, expected, problem] of cases) {
    await t.step(args.join(" ").replaceAll(`${path}/`, "") || "nothing", async () => {
      const { code, stdout, stderr } = await runScript("publish", [...PUBLISH, ...args]);
      assertStringIncludes(stderr, problem);
      assertMatch(stderr, /^publish: [^\n]*\n$/);
      assertEquals([code, stdout], [expected, ""]);
    });
  }
  assertEquals(await folders(), before);
});

Deno.test("deno task publish takes the averages of a run that kept them, and says so", async () => {
  const averaged = `${path}/averaged`;
  await Deno.mkdir(averaged);
  await Deno.copyFile(`${run}/config.json`, `${averaged}/config.json`);
  const checkpoint = decodeSafetensors(await Deno.readFile(`${run}/checkpoint.safetensors`));
  const arrays = [...checkpoint.arrays.values()].filter(({ name }) => !name.startsWith("adam/"));
  const averages = arrays.map((array) => ({
    ...array,
    name: `average/${array.name}`,
    values: array.values.map((value) => value / 2),
  }));
  const { metadata } = checkpoint;
  const file = encodeSafetensors([...arrays, ...averages], { type: "F32", metadata });
  await Deno.writeFile(`${averaged}/checkpoint.safetensors`, file);
  const { code, stderr } = await runScript("publish", ["tiny", ...PUBLISH, "--run", averaged]);
  assertEquals(code, 0, stderr);
  const published = decodeSafetensors(await Deno.readFile(`${modelDir}/weights.safetensors`));
  for (const { name, values } of averages) {
    const expected = new Float32Array(new Float16Array(values));
    assertEquals(published.arrays.get(name.replace("average/", ""))!.values, expected, name);
  }
  const card = await Deno.readTextFile(`${modelDir}/card.md`);
  assertStringIncludes(card, "(16-bit floats, moving averages over the steps)");
});

Deno.test("deno task publish --mean takes the mean of the weights of runs and files, and names them", async () => {
  const others = [2, 3].map((times) => ({ dir: `${path}/times-${times}`, times }));
  const { arrays, metadata } = decodeSafetensors(
    await Deno.readFile(`${run}/checkpoint.safetensors`),
  );
  for (const { dir, times } of others) {
    await Deno.mkdir(dir);
    const config = JSON.parse(await Deno.readTextFile(`${run}/config.json`));
    const named = { ...config, command: `deno task train tiny --out times-${times}` };
    await Deno.writeTextFile(`${dir}/config.json`, JSON.stringify(named));
    const more = [...arrays.values()].map((array) => ({
      ...array,
      values: array.values.map((value) => times * value),
    }));
    const checkpoint = encodeSafetensors(more, { type: "F32", metadata });
    await Deno.writeFile(`${dir}/checkpoint.safetensors`, checkpoint);
  }
  const file = `${others[1]!.dir}/checkpoint.safetensors`;
  const means = ["--mean", others[0]!.dir, "--mean", file];
  const { code, stderr } = await runScript("publish", ["tiny", ...PUBLISH, ...means]);
  assertEquals(code, 0, stderr);
  const published = decodeSafetensors(await Deno.readFile(`${modelDir}/weights.safetensors`));
  for (const { name, values } of published.arrays.values()) {
    // (1 + 2 + 3) / 3 times what the run trained.
    const expected = new Float32Array(
      new Float16Array(arrays.get(name)!.values.map((value) => 2 * value)),
    );
    assertEquals(values, expected, name);
  }
  const card = await Deno.readTextFile(`${modelDir}/card.md`);
  assertStringIncludes(card, "the mean of those of this run and of 2 more:");
  assertMatch(
    card,
    /^ {2}- `deno task train tiny --out times-2`: [\d,]+ images in \d+ steps on CPU .*$/m,
  );
  assertMatch(card, /^ {2}- `[^`]*times-3\/checkpoint.safetensors` \(SHA-256 `[0-9a-f]{64}`\)$/m);
});

async function checkWeights(): Promise<void> {
  await startBackend("wasm");
  const { network } = await loadModel(`${path}/models`, "tiny");
  const trained = await readRunArrays(run);
  for (const { name, values } of await readWeights(network)) {
    assertEquals(values, new Float32Array(new Float16Array(trained.get(name)!.values)), name);
  }
  network.dispose();
}

async function checkCard(): Promise<void> {
  const card = await Deno.readTextFile(`${modelDir}/card.md`);
  assertMatch(card, /^# Tiny\n/);
  for (
    const fact of [
      "a folder of photographs, training split, 20 images",
      "Seen: 40 images in 6 steps, 2 of the 2 epoch(s) asked for",
      "- Loss: mean squared error of ab / 128.",
      "- Regime: Adam, learning rate 0.01, batches of 8,",
      "It predicts the mean of the colors that are plausible",
      "Began with: fresh weights.",
      "on CPU (WASM SIMD)",
      `deno task train tiny ${flags.join(" ")}`,
      "photographs of 16x16 pixels",
      "(16-bit floats)",
    ]
  ) assertStringIncludes(card, fact);
}

async function checkFigures(): Promise<void> {
  const card = await Deno.readTextFile(`${modelDir}/card.md`);
  const metrics = JSON.parse(await Deno.readTextFile(`${modelDir}/metrics.json`));
  assertStringIncludes(card, `\`${metrics.command}\``);
  const command = (metrics.command as string).replace("deno task eval ", "").split(" ");
  const text = await runScript("eval", [...command, "--backend", "wasm"]);
  const figures = withoutSpeed(text.stdout);
  assertEquals(figures.length, 2 + 3, text.stdout); // heading, rule, gray, mean, tiny
  assertEquals(withoutSpeed(card), figures);
  const json = await runScript("eval", [...command, "--backend", "wasm", "--json"]);
  const { models, ...report } = JSON.parse(json.stdout);
  const { models: published, command: _, ...publishedReport } = metrics;
  assertEquals(publishedReport, report);
  assertEquals(published.map(scores), models.map(scores));
  assert(published.every((model: object) => "images_per_second" in model));
}

/** The rows of a table without their last column, the speed, which no run repeats. */
function withoutSpeed(markdown: string): string[] {
  return markdown.split("\n").filter((line) => line.startsWith("|"))
    .map((row) => row.split("|").slice(0, -2).join("|"));
}

function scores({ images_per_second: _, ...model }: { images_per_second: number }) {
  return model;
}

async function addModel(name: string, network: object): Promise<void> {
  await Deno.mkdir(`${path}/models/${name}`);
  await Deno.writeTextFile(`${path}/models/${name}/config.json`, JSON.stringify({ network }));
}
