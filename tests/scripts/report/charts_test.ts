import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { colorfulnessChart, hintChart, historiesChart } from "../../../scripts/report/charts.ts";
import type { ModelMetrics } from "../../../src/eval/tally.ts";
import { madeHistory } from "../../train/made_history.ts";

/** Marks of a chart that its SVG describes by these words. */
function countOf(svg: string, words: RegExp): number {
  return [...svg.matchAll(words)].length;
}

Deno.test("colorfulnessChart() labels a point for each model", async () => {
  const models = [["gray", 24.5, 0], ["palette@1", 21.9, 36.5], [
    "palette@0+5",
    27,
    20,
  ]].map(([name, psnr, color]) => ({
    name,
    psnr_rgb: psnr,
    colorfulness: color,
    colorfulness_true: 38.5,
  })) as ModelMetrics[];
  const svg = await colorfulnessChart(models);
  assertMatch(svg, /^<svg/);
  for (const { name } of models.slice(0, 2)) assertStringIncludes(svg, `>${name}</text>`);
  assertEquals(countOf(svg, /aria-roledescription="point"/g), 2);
});

Deno.test("hintChart() has a point for each number of hints", async () => {
  const points = [0, 1, 5, 10].map((hints) => ({
    model: "palette",
    hints,
    psnr_rgb: 24 + hints / 3,
  }));
  assertEquals(countOf(await hintChart(points), /aria-roledescription="point"/g), 4);
});

Deno.test("historiesChart() draws training and validation of each run", async () => {
  const histories = ["v5", "v6"].map((name) => ({ name, history: madeHistory(3) }));
  const svg = await historiesChart(histories);
  for (const text of ["v5", "v6", "training", "validation"]) {
    assertStringIncludes(svg, `>${text}</text>`);
  }
  assertEquals(countOf(svg, /aria-roledescription="line mark"/g), 4);
});
