import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { downloadFile, type DownloadOptions, type RemoteFile } from "../../src/data/download.ts";
import { quietOptions, withFolder } from "./made_images.ts";

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 8);
const MD5 = createHash("md5").update(CONTENT).digest("hex");

type Answer = (range: number | undefined, request: number) => Response;

/** Serves on loopback while a test runs; the ranges that were asked for are kept. */
async function withServer(
  answer: Answer,
  use: (file: RemoteFile, ranges: (number | undefined)[]) => Promise<void>,
): Promise<void> {
  const ranges: (number | undefined)[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1];
    ranges.push(range === undefined ? undefined : Number(range));
    return answer(ranges.at(-1), ranges.length);
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}/set.zip`;
    await use({ url, bytes: CONTENT.length, md5: MD5 }, ranges);
  } finally {
    await server.shutdown();
  }
}

/** Answers as a server with ranges does; cut off after `bytes` bytes. */
function partial(from: number | undefined, bytes = Infinity): Response {
  const rest = CONTENT.subarray(from ?? 0);
  const body = bytes < rest.length ? breakingStream(rest.subarray(0, bytes)) : rest;
  return from === undefined ? new Response(body) : new Response(body, {
    status: 206,
    headers: { "content-range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` },
  });
}

function breakingStream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      if (bytes.length === 0) return controller.error(new Error("cut"));
      controller.enqueue(bytes);
      bytes = bytes.subarray(bytes.length);
    },
  });
}

function options(): DownloadOptions & { lines: string[] } {
  return { ...quietOptions(""), retryMs: 1 };
}

Deno.test("downloadFile() downloads once, and not again what is there", () =>
  withFolder((folder) =>
    withServer((range) => partial(range), async (file, ranges) => {
      const path = `${folder}/set.zip`;
      await downloadFile(file, path, options());
      assertEquals(await Deno.readFile(path), CONTENT);
      await downloadFile(file, path, options());
      assertEquals(ranges, [undefined]);
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).length, 1);
    })
  ));

Deno.test("downloadFile() goes on after breaks, in the same run", () =>
  withFolder((folder) =>
    withServer((range) => partial(range, 120_000), async (file, ranges) => {
      const messages = options();
      await downloadFile(file, `${folder}/set.zip`, messages);
      assertEquals(await Deno.readFile(`${folder}/set.zip`), CONTENT);
      assert(ranges.length >= 3 && ranges.slice(1).every((range) => range! > 0), `${ranges}`);
      assert(messages.lines[0]!.startsWith("The download broke off at 0.1 MB"), messages.lines[0]);
    })
  ));

Deno.test("downloadFile() goes on with what an earlier run left", () =>
  withFolder((folder) =>
    withServer((range) => partial(range), async (file, ranges) => {
      await Deno.writeFile(`${folder}/set.zip.part`, CONTENT.subarray(0, 123_456));
      await downloadFile(file, `${folder}/set.zip`, options());
      assertEquals(await Deno.readFile(`${folder}/set.zip`), CONTENT);
      assertEquals(ranges, [123_456]);
    })
  ));

Deno.test("downloadFile() starts anew where the server knows no ranges", () =>
  withFolder((folder) =>
    withServer(() => partial(undefined), async (file) => {
      await Deno.writeFile(`${folder}/set.zip.part`, new Uint8Array(5000).fill(9));
      await downloadFile(file, `${folder}/set.zip`, options());
      assertEquals(await Deno.readFile(`${folder}/set.zip`), CONTENT);
    })
  ));

Deno.test("downloadFile() refuses and removes a file with another checksum", () =>
  withFolder((folder) =>
    withServer((range) => partial(range), async (file) => {
      await Deno.writeFile(`${folder}/set.zip.part`, new Uint8Array(5000).fill(9));
      const run = () => downloadFile(file, `${folder}/set.zip`, options());
      await assertRejects(run, Error, `must have 300000 bytes with MD5 ${MD5}, got 300000 with`);
      await run();
      assertEquals(await Deno.readFile(`${folder}/set.zip`), CONTENT);
    })
  ));

Deno.test("downloadFile() gives up on a refusal at once, on trouble after some tries", () =>
  withFolder((folder) =>
    withServer(
      (_, request) => new Response(null, { status: request === 1 ? 404 : 503 }),
      async (file, ranges) => {
        const run = () => downloadFile(file, `${folder}/a`, { ...options(), maxBreaks: 3 });
        const refusal = await assertRejects(run, Error, `Cannot download ${file.url}`);
        assertEquals((refusal.cause as Error).message, "the server answered 404 Not Found");
        assertEquals(ranges.length, 1);
        const trouble = await assertRejects(run, Error);
        assertEquals(
          (trouble.cause as Error).message,
          "the server answered 503 Service Unavailable",
        );
        assertEquals(ranges.length, 4);
        const other = { ...file, bytes: 5 };
        await withServer(() => partial(undefined), async ({ url }) => {
          const wrong = await assertRejects(() =>
            downloadFile({ ...other, url }, `${folder}/b`, options())
          );
          assertEquals(
            ((wrong as Error).cause as Error).message,
            "must have 5 bytes, the server has 300000",
          );
        });
      },
    )
  ));

Deno.test("downloadFile() waits for a silent server no longer than told, and stops when told", () =>
  withFolder((folder) =>
    withServer(
      () => new Response(new ReadableStream({ start: (c) => c.enqueue(CONTENT.subarray(0, 9)) })),
      async (file) => {
        const quick = { ...options(), idleMs: 30, maxBreaks: 2 };
        const silent = await assertRejects(() => downloadFile(file, `${folder}/a`, quick), Error);
        assertEquals((silent.cause as Error).message, "no data for 0.03 s");
        const signal = AbortSignal.timeout(50);
        await assertRejects(
          () => downloadFile(file, `${folder}/b`, { ...options(), signal }),
          DOMException,
        );
        assertEquals(await Deno.readFile(`${folder}/b.part`), CONTENT.slice(0, 9));
      },
    )
  ));
