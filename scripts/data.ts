/** `deno task data`: prepares Tiny ImageNet or a folder of photographs. */
import { type DatasetIndex, SPLITS } from "../src/data/dataset_index.ts";
import { prepareTinyImagenet } from "../src/data/prepare_tiny_imagenet.ts";
import { openSource } from "../src/data/source.ts";
import { textFlag, textFlags } from "./command/flags.ts";
import { startProgress } from "./command/progress.ts";
import { type Arguments, type Command, runCommand } from "./command/run.ts";

const COMMAND: Command = {
  name: "data",
  summary: "Prepares a data set: Tiny ImageNet, or any folder of photographs.",
  positionals: "[SOURCE...]",
  flags: {
    from: { type: "string", multiple: true, value: "SOURCE", help: "zip, .tar.gz or folder" },
    dir: {
      type: "string",
      value: "DIR",
      default: "data/tiny-imagenet-200",
      help: "where the prepared set goes",
    },
  },
  examples: [
    "deno task data",
    "deno task data --from downloads/*.tar.gz",
  ],
};

await runCommand(COMMAND, main);

async function main(args: Arguments): Promise<void> {
  const dir = textFlag(args, "dir")!;
  const paths = [...textFlags(args, "from"), ...args.positionals];
  const sources = [];
  for (const path of paths) sources.push(await openSource(path));
  const options = { dir, startProgress, log: (line: string) => console.error(line) };
  const { index } = await prepareTinyImagenet(sources, options);
  console.log(reportText(dir, index));
}

/** What the set holds, one line per split. */
function reportText(dir: string, { splits, sizePx }: DatasetIndex): string {
  const lines = SPLITS.map((split) => {
    const entry = splits[split];
    const expected = entry?.expected === undefined ? "" : ` of ${entry.expected}`;
    return `${split.padEnd(5)} ${entry ? `${entry.count}${expected} images` : "none"}`;
  });
  return [`${dir}: images of ${sizePx}x${sizePx}`, ...lines].join("\n");
}
