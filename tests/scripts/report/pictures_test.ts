import { assertEquals } from "@std/assert";
import { extremes } from "../../../scripts/report/pictures.ts";
import type { ImageRow } from "../../../src/eval/evaluate.ts";

Deno.test("extremes() ranks images by PSNR, and leaves gray ones out of the best", () => {
  const rows = [22, 100, 18, 35, 27].map((psnr_rgb) => ({ psnr_rgb })) as ImageRow[];
  assertEquals(extremes(rows, 2), { worst: [2, 0], best: [3, 4] });
});
