import { assert, assertEquals, assertRejects } from "@std/assert";
import { Image } from "imagescript";
import { makeSmallCopy } from "../../../src/colorize/small_copy.ts";
import { paint } from "../../../src/colorize/paint.ts";
import { decodeImage } from "../../../src/image/decode.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { ImageError } from "../../../src/image/errors.ts";
import { PicturePool } from "../../../src/serve/pictures/picture_pool.ts";
import { PictureOptionError } from "../../../src/serve/pictures/pooled_picture.ts";
import { SeededRandom } from "../../random.ts";

const OPTIONS = { limits: {}, sizePx: 64 };
const PNG = { format: "png" } as const;
const LAST = { ...PNG, isLast: true };

/** A noisy picture and its file; another one for every seed. */
async function makePicture(seed: number): Promise<{ image: Image; file: Uint8Array }> {
  const image = new Image(70 + seed, 50);
  const values = new SeededRandom(seed).values(4 * image.width * image.height);
  image.bitmap.set(values.map((value) => 128 + 100 * value));
  const file = await encodeImage(image, PNG);
  return { image: await decodeImage(file), file };
}

function planesFor({ small, lightness }: ReturnType<typeof makeSmallCopy>) {
  const ab = Float32Array.from({ length: 2 * lightness.length }, (_, i) => 20 * Math.sin(i));
  return { ...small, lightness, ab };
}

/** By the shell: Deno asks for the right to run anything for its own kill. */
async function kill(...pids: number[]): Promise<void> {
  const args = ["-c", `kill -9 ${pids.join(" ")} || true`];
  await new Deno.Command("/bin/sh", { args, stderr: "null" }).output();
}

async function withPool(processes: number, test: (pool: PicturePool) => Promise<void>) {
  const pool = new PicturePool(processes);
  try {
    await test(pool);
  } finally {
    await pool.stop();
  }
}

Deno.test("pictures that were opened and painted in processes are those of this process", () =>
  withPool(2, async (pool) => {
    await Promise.all([1, 2, 3, 4, 5].map(async (seed) => {
      const { image, file } = await makePicture(seed);
      const point = { x: 9, y: 8, rgb: [120, 90, 60] as const };
      const look = { sizePx: 24, closer: seed > 2, points: [point] };
      const picture = await pool.open(file, { ...OPTIONS, ...look });
      const copy = makeSmallCopy(image, look);
      assertEquals(copy.closer !== undefined, seed > 2);
      const { small, lightness, hints, closer } = picture;
      assertEquals({ small, lightness, hints, closer }, copy);
      assertEquals(picture.full, { widthPx: 70 + seed, heightPx: 50 });
      const first = await picture.paint(planesFor(copy), { ...PNG, isLast: false });
      const painted = await picture.paint(planesFor(copy), LAST);
      assertEquals(first.file, painted.file);
      const expected = paint(image, planesFor(copy), { points: [point] });
      assertEquals((await decodeImage(painted.file)).bitmap, expected.bitmap);
      picture.close();
    }));
  }));

Deno.test("a picture that cannot be decoded, or an option that does not fit, is refused by name", () =>
  withPool(1, async (pool) => {
    const text = new TextEncoder().encode("no picture at all");
    const error = await assertRejects(() => pool.open(text, OPTIONS), ImageError, "got a file");
    assertEquals(error.reason, "unsupported");
    const { file } = await makePicture(1);
    const limits = { maxPixels: 100 };
    await assertRejects(
      () => pool.open(file, { ...OPTIONS, limits }),
      ImageError,
      "at most 100 pixels",
    );
    const points = [{ x: 400, y: 0, rgb: [1, 2, 3] as const }];
    await assertRejects(
      () => pool.open(file, { ...OPTIONS, points }),
      PictureOptionError,
      "x must lie in 0..70, got 400",
    );
    (await pool.open(file, OPTIONS)).close(); // the process goes on
  }));

Deno.test("a process that is killed is replaced, and its picture is done by another one", () =>
  withPool(1, async (pool) => {
    const { image, file } = await makePicture(2);
    const picture = await pool.open(file, OPTIONS);
    const [before] = pool.pids;
    await kill(before!);
    const copy = makeSmallCopy(image, OPTIONS);
    const { file: painted } = await picture.paint(planesFor(copy), LAST);
    assertEquals((await decodeImage(painted)).bitmap, paint(image, planesFor(copy)).bitmap);
    assert(pool.pids.length === 1 && pool.pids[0] !== before);
    picture.close();
    const [idle] = pool.pids;
    await kill(idle!);
    (await pool.open(file, OPTIONS)).close();
  }));

Deno.test("a picture that stops two processes is refused", () =>
  withPool(1, async (pool) => {
    const { file } = await makePicture(3);
    let killing = true;
    const killAll = async () => {
      while (killing) await kill(...pool.pids);
    };
    const killed = killAll();
    await assertRejects(() => pool.open(file, OPTIONS), ImageError, "its decoder stopped twice");
    killing = false;
    await killed;
    (await pool.open(file, OPTIONS)).close();
  }));

Deno.test("a signal gives up a picture that waits and one that is held, and frees the process", () =>
  withPool(1, async (pool) => {
    const { file } = await makePicture(4);
    const held = await pool.open(file, OPTIONS);
    const waiting = pool.open(file, { ...OPTIONS, signal: AbortSignal.timeout(20) });
    await assertRejects(() => waiting, DOMException, "timeout");
    held.close();
    const stop = new AbortController();
    const opening = pool.open(file, { ...OPTIONS, signal: stop.signal });
    await new Promise((resolve) => setTimeout(resolve));
    stop.abort(new Error("the client left"));
    await assertRejects(() => opening, Error, "the client left");
    (await pool.open(file, OPTIONS)).close();
  }));

Deno.test("stop() refuses pictures that wait", async () => {
  const pool = new PicturePool(1);
  const { file } = await makePicture(5);
  await pool.open(file, OPTIONS);
  const waiting = pool.open(file, OPTIONS);
  const refused = assertRejects(() => waiting, Error, "the server is stopping");
  await pool.stop();
  await refused;
  await assertRejects(() => pool.open(file, OPTIONS), Error, "the server is stopping");
});
