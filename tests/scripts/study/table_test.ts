import { assertMatch, assertStringIncludes } from "@std/assert";
import { studyTable, type VariantResult } from "../../../scripts/study/table.ts";

const WHOLE: VariantResult = {
  variant: "v6",
  epochs: 25,
  epochs_asked: 25,
  images: 100_000,
  images_of_split: 100_000,
  validation_psnr: 20.714,
  best_validation_psnr: 20.75,
  trained_seconds: 4350,
  device: "A GPU",
  workers: 1,
};

Deno.test("studyTable() shows our figures beside the report's", () => {
  const table = studyTable([WHOLE]);
  assertMatch(table, /^Table 1: model selection, PSNR in dB of ab \/ 128 on validation images\.\n/);
  const row =
    /\| v6 +\| +S1 \| +yes \| +yes \| +yes \| +25 of 25 \| 100,000 \| +20\.71 \| 20\.75 \|/;
  assertMatch(table, row);
  assertStringIncludes(table, "| 1h 12min | A GPU, 1 worker |");
  assertMatch(table, /25 \| +20\.66 \| +42min \|$/);
});

Deno.test("studyTable() says which variants saw less than the report's", () => {
  const small = { ...WHOLE, variant: "v3", images: 2000, epochs: 0, validation_psnr: null };
  const table = studyTable([WHOLE, small]);
  assertStringIncludes(table, "Scaled down (v3)");
  assertStringIncludes(table, "none yet");
  const other = studyTable([{ ...WHOLE, images: 64, images_of_split: 64 }]); // a smaller data set
  assertStringIncludes(other, "Scaled down (v6)");
});
