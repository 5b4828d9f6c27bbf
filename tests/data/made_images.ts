/** JPEGs, archives and folders that the tests of this folder make for themselves. */
import { Buffer } from "node:buffer";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import tar from "tar-stream";
import { SeededRandom } from "../random.ts";
import type { PrepareOptions } from "../../src/data/recipe.ts";

/** Files by path. */
export type Files = Record<string, Uint8Array>;

/** A folder that goes when the test is over. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "polychromify-data-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A JPEG of its own for every seed. */
export async function madeJpeg(seed: number, sizePx = 64): Promise<Uint8Array> {
  const random = new SeededRandom(seed);
  const color = () => random.integer(0, 255);
  const cells = Uint8Array.from({ length: 4 * 4 * 3 }, color);
  return await sharp(cells, { raw: { width: 4, height: 4, channels: 3 } })
    .resize(sizePx, sizePx, { kernel: "nearest" }).jpeg().toBuffer();
}

/** Parts of a small Tiny ImageNet: two classes of training images, and some of val and test. */
export async function madeTinyImagenet(
  { train = 6, val = 12, test = 3 } = {},
): Promise<{ train: Files; eval: Files }> {
  const root = "tiny-imagenet-200";
  const parts: { train: Files; eval: Files } = { train: {}, eval: {} };
  for (const [wnid, seed] of [["n02000001", 2000], ["n01000001", 1000]] as const) {
    for (let i = 0; i < train; i++) {
      const path = `${root}/train/${wnid}/images/${wnid}_${i}.JPEG`;
      parts.train[path] = await madeJpeg(seed + i);
    }
    parts.train[`${root}/train/${wnid}/${wnid}_boxes.txt`] = new TextEncoder().encode("0 0 1 1\n");
  }
  for (const [split, count, seed] of [["val", val, 3000], ["test", test, 4000]] as const) {
    for (let i = count - 1; i >= 0; i--) {
      parts.eval[`${root}/${split}/images/${split}_${i}.JPEG`] = await madeJpeg(seed + i);
    }
  }
  return parts;
}

/** A `.tar.gz` of files. */
export async function madeTarGz(files: Files): Promise<Uint8Array> {
  const pack = tar.pack();
  pack.entry({ name: "a-folder/", type: "directory" });
  for (const [name, bytes] of Object.entries(files)) {
    pack.entry({ name }, Buffer.from(bytes));
  }
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  return new Uint8Array(gzipSync(Buffer.concat(chunks)));
}

const UTF8_NAME = 0x800;

/** A zip of files, deflated or stored as they are. */
export function madeZip(files: Files, { deflate = false } = {}): Uint8Array {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, bytes] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const common = zipFields([[2, 20], [2, UTF8_NAME], [2, deflate ? 8 : 0], [2, 0], [2, 33], [
      4,
      crc32(bytes),
    ]]);
    const packed = deflate ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const sizes = zipFields([[4, packed.length], [4, bytes.length], [2, name.length], [2, 0]]);
    const local = Buffer.concat([zipFields([[4, 0x04034b50]]), common, sizes, name, packed]);
    const rest = zipFields([[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
    directory.push(zipFields([[4, 0x02014b50], [2, 20]]), common, sizes, rest, name);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = zipFields([
    ...[[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count]] as [number, number][],
    ...[[4, central.length], [4, offset], [2, 0]] as [number, number][],
  ]);
  return Buffer.concat([...parts, central, end]);
}

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const full = `${folder}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(full, bytes);
  }
}

/** All files of a folder. */
export async function readFolder(folder: string): Promise<Files> {
  const files: Files = {};
  for await (const { name } of Deno.readDir(folder)) {
    files[name] = await Deno.readFile(`${folder}/${name}`);
  }
  return files;
}

/** Size and checksum of all files of a folder, to be compared. */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
  const prints: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(await readFolder(folder))) {
    prints[name] = `${bytes.length} bytes, CRC-32 ${crc32(bytes)}`;
  }
  return prints;
}

/** Options that print nothing and keep what would have been printed. */
export function quietOptions(dir: string): PrepareOptions & { lines: string[] } {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  return { dir, lines, log, startProgress: () => ({ update: () => {}, log, stop: () => {} }) };
}

/** Little-endian numbers of 2 or 4 bytes. */
function zipFields(fields: [number, number][]): Uint8Array {
  return Buffer.concat(fields.map(([bytes, value]) => {
    const view = new DataView(new ArrayBuffer(bytes));
    if (bytes === 2) view.setUint16(0, value, true);
    else view.setUint32(0, value, true);
    return new Uint8Array(view.buffer);
  }));
}
