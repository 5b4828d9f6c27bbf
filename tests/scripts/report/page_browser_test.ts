/** The report page in a browser. */
import { assert, assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { hintChart } from "../../../scripts/report/charts.ts";
import { reportPage } from "../../../scripts/report/page.ts";
import { drawFigure } from "../../../src/eval/figure.ts";
import { browserTest } from "../../browser.ts";

browserTest(
  "the report page opens in Chromium without errors and without a network",
  async ({ page, problems }) => {
    const pictures = [new Uint8ClampedArray(4 * 64).fill(90)];
    const png = await drawFigure([{ label: "gray", pictures }], 8);
    const svg = await hintChart(
      [0, 5].map((hints) => ({ model: "palette", hints, psnr_rgb: 24 + hints })),
    );
    const html = reportPage({
      title: "Polychromify: report",
      text: "A page.",
      sections: [{
        heading: "Pictures & charts",
        text: "Both.",
        blocks: [
          { kind: "table", rows: [["model", "PSNR"], ["gray", "24.5"]] },
          { kind: "png", png, alt: "a picture" },
          { kind: "svg", svg, alt: "a chart" },
        ],
      }],
    });
    const path = await Deno.makeTempFile({ prefix: "polychromify-page-", suffix: ".html" });
    try {
      await Deno.writeTextFile(path, html);
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      assertEquals(problems, []);
      assertEquals(requests.filter((url) => !/^(file|data):/.test(url)), []);
      assertEquals(await page.locator("h2").innerText(), "Pictures & charts");
      assertEquals(await page.locator("td").allInnerTexts(), ["gray", "24.5"]);
      const width = await page.locator("img").evaluate((image) =>
        (image as unknown as { naturalWidth: number }).naturalWidth
      );
      assert(width > 100, `the picture is ${width} pixels wide`);
      assert((await page.locator("svg").boundingBox())!.width > 300, "the chart has no size");
    } finally {
      await Deno.remove(path);
    }
  },
);
