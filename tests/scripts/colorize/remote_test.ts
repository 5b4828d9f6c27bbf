import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  colorizeRemotely,
  parseServer,
  type Server,
  suggestRemotely,
} from "../../../scripts/colorize/remote.ts";
import { UsageError } from "../../../scripts/command/run.ts";
import { retryLater } from "../../../src/serve/problem.ts";
import { echoService } from "../../serve/echo_service.ts";
import { runTaskIn } from "../run_task.ts";

const PHOTO = new TextEncoder().encode("xyz");
const OPTIONS = {
  ...{ model: "palette", sizePx: 64, vividness: 0.25, candidates: 1, seed: 0 },
  points: [{ x: 1, y: 2, rgb: [255, 0, 16] as const, radiusPx: 3 }],
  format: "png" as const,
  quality: undefined,
};

/** Runs a test against a server that answers what it gets. */
async function withServer(
  made: ReturnType<typeof echoService>,
  test: (server: Server) => Promise<void>,
  token?: string,
): Promise<void> {
  const http = Deno.serve({ port: 0, onListen: () => {} }, made.app.fetch);
  try {
    await test(parseServer(`http://127.0.0.1:${http.addr.port}/`, token));
  } finally {
    await http.shutdown();
  }
}

Deno.test("colorizeRemotely() hands on every option and gives each candidate's file", async () => {
  const made = echoService({}, { guards: { tokens: ["secret"] } });
  await withServer(made, async (server) => {
    assertEquals(await colorizeRemotely(server, PHOTO, OPTIONS), [PHOTO]);
    const several = { ...OPTIONS, candidates: 3, seed: 8, format: "webp" as const, quality: 70 };
    assertEquals(await colorizeRemotely(server, PHOTO, several), [PHOTO, PHOTO, PHOTO]);
  }, "secret");
  const { points, sizePx, model, vividness } = OPTIONS;
  const [one, three] = made.seen;
  assertEquals(one, { points, sizePx, model, vividness, format: "png" } as never);
  assertEquals([three!.candidates, three!.seed, three!.quality], [3, 8, 70]);
});

Deno.test("colorizeRemotely() fails in the server's words", async () => {
  await withServer(echoService(), async (server) => {
    const wrong = { ...OPTIONS, sizePx: 1000 };
    await assertRejects(() => colorizeRemotely(server, PHOTO, wrong), Error, "8 to 512");
  });
  await withServer(echoService({}, { guards: { tokens: ["secret"] } }), async (server) => {
    await assertRejects(() => colorizeRemotely(server, PHOTO, OPTIONS), Error, "must be Bearer");
  });
});

Deno.test("colorizeRemotely() comes back when a full server says so", async () => {
  let asked = 0;
  const admit = () => {
    if (asked++ === 0) throw retryLater(503, "full", 1);
    return { addBytes: () => {}, [Symbol.dispose]: () => {} };
  };
  await withServer(echoService({ admit }), async (server) => {
    const startedMs = performance.now();
    assertEquals(await colorizeRemotely(server, PHOTO, OPTIONS), [PHOTO]);
    assert(performance.now() - startedMs > 900);
  });
});

Deno.test("suggestRemotely() gives the colors of a place", async () => {
  await withServer(echoService(), async (server) => {
    const place = { ...OPTIONS, x: 0.5, y: 0.5, count: 3 };
    const colors = await suggestRemotely(server, PHOTO, place);
    assertEquals(colors, [{ color: "#0305ff", share: 0.512 }]);
  });
});

Deno.test("parseServer() takes addresses of HTTP alone", () => {
  assertEquals(parseServer("http://gpu-box:8000/", undefined).url, "http://gpu-box:8000");
  for (const text of ["gpu-box:8000", "ftp://gpu-box", ""]) {
    assertThrows(() => parseServer(text, undefined), UsageError, `got ${text}`);
  }
});

Deno.test("deno task colorize --server sends strokes and references", async () => {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-remote-" });
  await Deno.writeTextFile(`${dir}/photo.jpg`, "xyz");
  await Deno.writeTextFile(`${dir}/other.png`, "abc");
  const made = echoService();
  await withServer(made, async ({ url }) => {
    const flags = [
      ["--method", "geodesic", "--strokes", "other.png"],
      ["--method", "optimization", "--keep-rest", "--vividness", "1", "--point", "1,2,#ff0010"],
      ["--reference", "other.png"],
      ["--reference", "other.png", "--transfer", "welsh", "--swatch", "1,2,3,4=5,6,7,8"],
    ];
    for (const [i, each] of flags.entries()) {
      const args = ["photo.jpg", "--server", url, ...each, "-o", `${i}.png`];
      const { code, stderr } = await runTaskIn(dir, "colorize", args);
      assertEquals(code, 0, stderr);
    }
  });
  const bytes = { 0: 97, 1: 98, 2: 99 }; // as the service that notes them has it
  const spread = { kind: "spread", method: "geodesic", keepsRest: false, strokes: bytes };
  const transfer = { kind: "transfer", transfer: "features", reference: bytes, swatches: [] };
  const swatches = [{
    target: { x: 1, y: 2, widthPx: 3, heightPx: 4 },
    source: { x: 5, y: 6, widthPx: 7, heightPx: 8 },
  }];
  assertEquals(made.seen.map(({ source }) => source as unknown), [
    spread,
    { kind: "spread", method: "optimization", keepsRest: true },
    transfer,
    { ...transfer, transfer: "welsh", swatches },
  ]);
  assertEquals(made.seen.map(({ model, seed }) => [model, seed]), [
    [undefined, undefined],
    ["palette", undefined],
    ["palette", 0],
    [undefined, 0],
  ]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("deno task colorize --server writes what the server answers", async () => {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-remote-" });
  await Deno.writeTextFile(`${dir}/photo.jpg`, "xyz");
  await withServer(echoService(), async ({ url }) => {
    const run = (...flags: string[]) =>
      runTaskIn(dir, "colorize", ["photo.jpg", "--server", ...flags]);
    const { code, stdout, stderr } = await run(url);
    assertEquals([code, stdout.trim()], [0, "photo-color.jpg"], stderr);
    assertEquals(await Deno.readTextFile(`${dir}/photo-color.jpg`), "xyz");
    const refused = await run(url, "--uncertainty");
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "Cannot use --uncertainty with --server");
  });
  await Deno.remove(dir, { recursive: true });
});
