/** `deno task ab-prior`: counts the ab bins of a training set, the table src/color/ab_prior.json. */
import { BIN_COUNT } from "../src/color/ab_bins.ts";
import { countAbBins } from "../src/color/ab_prior.ts";
import { rgbToLab } from "../src/color/lab.ts";
import { openSplit } from "../src/data/split.ts";
import { DATA_FLAG } from "./command/common_flags.ts";
import { textFlag } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Command, runCommand } from "./command/run.ts";

const COMMAND: Command = {
  name: "ab-prior",
  summary: "Counts the pixels of each of the 313 ab bins in the training split, as JSON on stdout.",
  positionals: "",
  flags: {
    dir: DATA_FLAG,
  },
  examples: ["deno task ab-prior > src/color/ab_prior.json"],
};

const IMAGES_PER_READ = 256;

await runCommand(COMMAND, async (args) => {
  const dir = textFlag(args, "dir")!;
  const split = await openSplit(dir, "train");
  const progress = startProgress("count", { total: split.count, unit: "images" });
  const counts = new Float64Array(BIN_COUNT);
  for (let start = 0; start < split.count; start += IMAGES_PER_READ) {
    const count = Math.min(IMAGES_PER_READ, split.count - start);
    const rgb = await split.readImages(Array.from({ length: count }, (_, i) => start + i));
    countAbBins(rgbToLab(rgb, 3).ab, counts);
    progress.update(start + count);
  }
  progress.stop();
  split.close();
  const command = `deno task ab-prior --dir ${dir}`;
  console.log(JSON.stringify({ command, images: split.count, counts: [...counts] }, null, 2));
});
