/** A prepared data set of generated pictures, for tests that train. */
import { AB_SCALE } from "../../src/color/normalize.ts";
import { SeededRandom } from "../random.ts";

const SIZE_PX = 16;

/** Writes a data set of smooth color gradients into a folder. */
export async function writeTinyDataset(
  dir: string,
  { train, val }: { train: number; val: number },
): Promise<void> {
  const splits: Record<string, object> = {};
  for (const [split, count] of Object.entries({ train, val })) {
    const pixels = gradients(count, AB_SCALE + count);
    await Deno.writeFile(`${dir}/${split}.rgb`, pixels);
    const names = Array.from({ length: count }, (_, i) => `${split}_${i}.png\t0\t00000000\n`);
    await Deno.writeTextFile(`${dir}/${split}.tsv`, names.join(""));
    splits[split] = { count, unreadable: 0, sha256: "", listSha256: "" };
  }
  const index = { format: 1, dataset: "photographs", sizePx: SIZE_PX, splits };
  await Deno.writeTextFile(`${dir}/index.json`, JSON.stringify(index));
}

/** Pictures whose color follows from their lightness, so that there is something to learn. */
function gradients(count: number, seed: number): Uint8Array {
  const random = new SeededRandom(seed);
  const pixels = new Uint8Array(count * SIZE_PX * SIZE_PX * 3);
  for (let image = 0, at = 0; image < count; image++) {
    const [slope, start] = [random.next() * 8, random.next() * 100];
    for (let y = 0; y < SIZE_PX; y++) {
      for (let x = 0; x < SIZE_PX; x++) {
        const value = start + slope * x + 2 * y;
        pixels[at++] = value;
        pixels[at++] = value * 0.8;
        pixels[at++] = 250 - value;
      }
    }
  }
  return pixels;
}
