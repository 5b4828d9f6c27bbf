/** `deno task eval` as its user meets it, on a generated data set. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeModelsFolder } from "../colorize/model_folder.ts";
import { generatedPixels } from "../eval/generated_split.ts";
import { runTask } from "./run_task.ts";

const IMAGES = 6;
const SIZE_PX = 16;
const models = await makeModelsFolder();
const dir = await makeDataset();
addEventListener("unload", () => {
  for (const folder of [models, dir]) Deno.removeSync(folder, { recursive: true });
});

Deno.test("deno task eval --json prints the report alone, gray and mean first", async () => {
  const { code, stdout } = await runEval(["tiny", "--limit", "5", "--json"]);
  const { models: rows, ...report } = JSON.parse(stdout);
  assertEquals(report, { split: "val", images: 5, device: "CPU (WASM SIMD)" });
  assertEquals(rows.map(({ name }: { name: string }) => name), ["gray", "mean", "tiny"]);
  assertEquals(Object.keys(rows[0]), [
    "name",
    "parameters",
    "psnr_rgb",
    "psnr_rgb_pooled",
    "ssim_rgb",
    "mse_ab",
    "psnr_ab",
    "delta_e2000",
    "auc",
    "auc_rebalanced",
    "colorfulness",
    "colorfulness_true",
    "images_per_second",
  ]);
  for (const row of rows) {
    const { name: _, ...figures } = row;
    assert(Object.values(figures).every(Number.isFinite), JSON.stringify(row));
  }
  assert(rows[2].parameters > 0);
  assertEquals(code, 0);
});

Deno.test("deno task eval all prints a table, a figure and figures per image", async () => {
  const [figure, perImage] = [`${dir}/figure.png`, `${dir}/images.jsonl`];
  const flags = ["--figure", figure, "--images", "5,0", "--per-image", perImage];
  const { code, stdout, stderr } = await runEval(["all", ...flags]);
  assertEquals(code, 0, stderr);
  const [title, , ...table] = stdout.trimEnd().split("\n");
  assertStringIncludes(title!, "Split val, 6 images, on CPU (WASM SIMD)");
  assertEquals(table.length, 2 + 3);
  assertMatch(table[4]!, /^\| tiny +\|/);
  const png = await Deno.readFile(figure);
  const columns = 4; // grayscale, mean, tiny, original
  assertEquals(new DataView(png.buffer).getUint32(16), 8 + columns * (128 + 8));
  const rows = (await Deno.readTextFile(perImage)).trimEnd().split("\n").map((row) =>
    JSON.parse(row)
  );
  assertEquals(rows.length, 3 * IMAGES);
  assertEquals(rows.filter(({ image }) => image === "val_5.JPEG").length, 3);
});

Deno.test("deno task eval refuses wrong usage in one line, exit code 2", async () => {
  for (
    const [args, problem] of [
      [["--split", "train"], "Cannot use --split: must be one of val, test, got train"],
      [["--figure", "a.jpg"], "Cannot use --figure: must end in .png, got a.jpg"],
      [["--grain=-1"], "Cannot use --grain: must be a number 0 or more, got -1"],
      [["--images", "1"], "Cannot use --images: needs --figure FILE, got 1 alone"],
      [
        ["--figure", "a.png", "--images", "1,6"],
        "Cannot use --images: must be numbers 0 to 5 between commas, got 1,6",
      ],
    ] as const
  ) {
    const { code, stdout, stderr } = await runEval([...args]);
    assertStringIncludes(stderr, `eval: ${problem}`);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], stderr);
  }
});

Deno.test("deno task eval fails on a model, a data set or a folder that is not there", async () => {
  const unknown = await runEval(["vgg"]);
  assertStringIncludes(unknown.stderr, '"vgg"');
  assertEquals([unknown.code, unknown.stdout], [1, ""]);
  const noData = await runEval(["--dir", `${dir}/none`]);
  assertStringIncludes(noData.stderr, "eval: Cannot open the val split");
  assertEquals([noData.code, noData.stdout], [1, ""]);
  const noFolder = await runEval(["--per-image", `${dir}/none/images.jsonl`]);
  assertStringIncludes(noFolder.stderr, `eval: Cannot write ${dir}/none/images.jsonl`);
  assertEquals([noFolder.code, noFolder.stdout], [1, ""]);
});

function runEval(args: string[]) {
  return runTask("eval", ["--backend", "wasm", "--dir", dir, "--models", models, ...args]);
}

/** A prepared data set with a validation split alone. */
async function makeDataset(): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-eval-" });
  const indices = Array.from({ length: IMAGES }, (_, i) => i);
  await Deno.writeFile(`${dir}/val.rgb`, generatedPixels(indices, SIZE_PX));
  await Deno.writeTextFile(`${dir}/val.tsv`, indices.map((i) => `val_${i}.JPEG\t0\t0\n`).join(""));
  const entry = { count: IMAGES, unreadable: 0, sha256: "", listSha256: "" };
  const index = { format: 1, dataset: "photographs", sizePx: SIZE_PX, splits: { val: entry } };
  await Deno.writeTextFile(`${dir}/index.json`, JSON.stringify(index));
  return dir;
}
