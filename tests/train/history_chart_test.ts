import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import sharp from "sharp";
import { historyChart } from "../../src/train/history_chart.ts";
import { madeHistory } from "./made_history.ts";

const TRAINING = "#4c78a8";
const VALIDATION = "#e45756";

Deno.test("historyChart() draws loss and PSNR of training and validation", async () => {
  const svg = await historyChart("polychromify", madeHistory(25));
  assert(svg.startsWith("<svg") && svg.endsWith("</svg>"));
  const texts = ["polychromify", "epoch", "MSE of ab / 128", "PSNR of the mean error (dB)"];
  for (const text of [...texts, "training", "validation"]) assertStringIncludes(svg, `>${text}<`);
  for (const color of [TRAINING, VALIDATION]) {
    const lines = curves(svg, color);
    assertEquals(lines.map((points) => points.length), [25, 25], color);
    // Left to right, an epoch each.
    for (const points of lines) assert(points.every(([x], i) => i === 0 || x > points[i - 1]![0]));
  }
  // The loss falls, so its curve goes down: y grows downwards.
  const [[first], last] = [curves(svg, TRAINING)[0]!, curves(svg, TRAINING)[0]!.at(-1)!];
  assert(last[1] > first![1], `${first} to ${last}`);
});

Deno.test("historyChart() draws the same PSNR for the same loss", async () => {
  const equal = madeHistory(5).map((record) => ({ ...record, validationLoss: record.loss }));
  const svg = await historyChart("equal", equal);
  assertEquals(curves(svg, VALIDATION), curves(svg, TRAINING));
});

Deno.test("historyChart() draws another loss than the squared error beside validation's PSNR", async () => {
  const svg = await historyChart(
    "palette",
    madeHistory(5).map((record) => ({
      ...record,
      loss: 3 - record.epoch / 10,
      psnr: null,
    })),
  );
  for (const text of ["cross-entropy of ab bins", "PSNR of the mean error (dB)"]) {
    assertStringIncludes(svg, `>${text}<`);
  }
  assert(!svg.includes("MSE") && !svg.includes("NaN"));
  for (const color of [TRAINING, VALIDATION]) assertEquals(curves(svg, color).length, 1, color);
});

Deno.test("historyChart() keeps all ink inside its page", async () => {
  const svg = await historyChart("a long name, of a network of one plane", madeHistory(25));
  const page = await rasterize(svg);
  const { width, height } = page.info;
  const isInk = (x: number, y: number) => page.data[4 * (y * width + x)]! < 250;
  const border = [
    ...Array.from({ length: width }, (_, x) => [[x, 0], [x, height - 1]]).flat(),
    ...Array.from({ length: height }, (_, y) => [[0, y], [width - 1, y]]).flat(),
  ] as [number, number][];
  assertEquals(border.filter(([x, y]) => isInk(x, y)), []);
  let ink = 0;
  for (let i = 0; i < width * height; i++) ink += page.data[4 * i]! < 250 ? 1 : 0;
  assert(ink > 2000, `${ink} dark pixels`);
});

Deno.test("historyChart() draws one epoch as points, and none as empty axes", async () => {
  const one = await historyChart("one", madeHistory(1));
  assert(!one.includes("NaN") && !one.includes("Infinity"));
  assertEquals(one.match(/aria-roledescription="point"/g)?.length, 4);
  const none = await historyChart("none", []);
  assert(none.endsWith("</svg>") && !none.includes("NaN"));
  assertStringIncludes(none, ">MSE of ab / 128<");
});

/** Draws an SVG to RGBA. The product refuses SVG in the whole process, so it is allowed here alone. */
async function rasterize(svg: string) {
  const svgLoader = { operation: ["VipsForeignLoadSvg"] };
  sharp.unblock(svgLoader);
  try {
    const picture = sharp(new TextEncoder().encode(svg)).ensureAlpha().raw();
    return await picture.toBuffer({ resolveWithObject: true });
  } finally {
    sharp.block(svgLoader);
  }
}

/** Points of each line of a color, in page units relative to its panel. */
function curves(svg: string, color: string): [x: number, y: number][][] {
  const paths = svg.match(/<path [^>]*>/g)!.filter((path) => path.includes(`stroke="${color}"`));
  const lines = paths.map((path) => / d="(M[^"]*L[^"]*)"/.exec(path)?.[1]).filter((d) => d);
  return lines.map((d) =>
    d!.slice(1).split("L").map((pair) => pair.split(",").map(Number) as [number, number])
  );
}
