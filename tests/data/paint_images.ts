/** Repaints the training images of a prepared data set, for tests. */
import { readDatasetIndex } from "../../src/data/dataset_index.ts";
import { SeededRandom } from "../random.ts";

/** What the three channels of a tone are multiplied by. */
const TONINGS = { gray: [1, 1, 1], sepia: [1, 0.93, 0.85] } as const;

/** Paints each image: colors at random, or tones of one toning. */
export async function paintImages(
  dir: string,
  images: readonly (keyof typeof TONINGS | "colored")[],
): Promise<void> {
  const { sizePx } = (await readDatasetIndex(dir))!;
  const random = new SeededRandom(5);
  const rgb = images.flatMap((kind) =>
    Array.from({ length: sizePx ** 2 }, () => {
      const value = 40 + 215 * random.next();
      if (kind !== "colored") return TONINGS[kind].map((part) => part * value);
      return [value, 255 * random.next(), 255 * random.next()];
    }).flat()
  );
  await Deno.writeFile(`${dir}/train.rgb`, Uint8Array.from(rgb));
}
