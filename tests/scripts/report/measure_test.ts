import { assertEquals, assertRejects } from "@std/assert";
import { readMeasured } from "../../../scripts/report/measure.ts";

async function write(evaluation: unknown, rows: unknown[]): Promise<[string, string]> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-measured-" });
  addEventListener("unload", () => Deno.removeSync(dir, { recursive: true }));
  await Deno.writeTextFile(`${dir}/m.json`, JSON.stringify(evaluation));
  await Deno.writeTextFile(
    `${dir}/r.jsonl`,
    rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
  return [`${dir}/m.json`, `${dir}/r.jsonl`];
}

const EVALUATION = { split: "val", images: 2, device: "d", models: [{ name: "a" }, { name: "b" }] };
const SPLIT = { split: "val", count: 5 } as const;
const ROWS = [["a", 1], ["b", 2], ["a", 3], ["b", 4]].map(([model, psnr_rgb]) => ({
  model,
  psnr_rgb,
}));

Deno.test("readMeasured() sorts the images by model", async () => {
  const { evaluation, rows } = await readMeasured(...await write(EVALUATION, ROWS), SPLIT);
  assertEquals(evaluation, EVALUATION as unknown as typeof evaluation);
  assertEquals(rows.get("b")!.map(({ psnr_rgb }) => psnr_rgb), [2, 4]);
});

Deno.test("readMeasured() refuses files that are not of one evaluation", async () => {
  const short = await write(EVALUATION, ROWS.slice(1));
  await assertRejects(
    () => readMeasured(...short, SPLIT),
    RangeError,
    "must have 2 images of a, got 1",
  );
  const [metrics] = short;
  await assertRejects(() => readMeasured(metrics, `${metrics}.none`, SPLIT), Error, "Cannot read");
});

Deno.test("readMeasured() refuses figures of another split", async () => {
  const files = await write(EVALUATION, ROWS);
  for (const split of [{ split: "test", count: 5 }, { split: "val", count: 1 }] as const) {
    await assertRejects(() => readMeasured(...files, split), RangeError, "got 2 of val");
  }
});
