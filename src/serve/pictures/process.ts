/**
 * The program of a picture process: decodes, looks at, paints and encodes pictures, one at a time. It
 * reads requests from stdin, answers on stdout, and has no right to the network or to write files: a
 * crafted picture that breaks out of a decoder, or takes it down, reaches nothing else.
 */
import { makeSmallCopy } from "../../colorize/small_copy.ts";
import { decodeImage } from "../../image/decode.ts";
import { encodeImage } from "../../image/encode.ts";
import { ImageError } from "../../image/errors.ts";
import type { SizePx } from "../../image/resize.ts";
import { readMessages, writeMessage } from "./messages.ts";
import { type Answer, bytesOf, floatsOf, type Reply, type Request } from "./protocol.ts";
import { prepare, type Prepared } from "./ways.ts";

type Answered = [answer: Answer, parts: Uint8Array[]];

if (import.meta.main) await answerRequests();

async function answerRequests(): Promise<void> {
  let opened: Prepared | undefined; // the picture that was opened last
  const answer = async (request: Request, body: Uint8Array<ArrayBuffer>): Promise<Answered> => {
    if (request.kind === "paint") {
      const picture = opened!;
      if (request.isLast) opened = undefined;
      return await paintFile(picture, body, request);
    }
    opened = undefined;
    const { picture, answer } = await open(body, request);
    opened = picture;
    return answer;
  };
  for await (const { header, body } of readMessages<Request>(Deno.stdin.readable)) {
    const [reply, parts] = await answer(header, body).catch((error) => refusal(error, header));
    const memoryBytes = Deno.memoryUsage().rss;
    await writeMessage(Deno.stdout.writable, { ...reply, memoryBytes } satisfies Reply, parts);
    if (!opened) collectGarbage();
  }
}

/** V8 hardly sees pixels that lie outside its heap: it would let several large pictures pile up. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

async function open(
  body: Uint8Array,
  { pictureBytes, limits, points, way = { kind: "network" }, ...look }: Extract<
    Request,
    { kind: "open" }
  >,
): Promise<{ picture: Prepared; answer: Answered }> {
  const startedMs = performance.now();
  const image = await decodeImage(body.subarray(0, pictureBytes), { name: "the picture", limits });
  const rest = body.subarray(pictureBytes);
  const name = way.kind === "spread" ? "the strokes" : "the reference";
  const companion = rest.length > 0 ? await decodeImage(rest, { name, limits }) : undefined;
  const decodedMs = performance.now();
  // What is given by hand is no hint: it spreads over what the network makes without.
  const hinted = way.kind === "network" ? points : undefined;
  const { small, lightness, hints, closer } = makeSmallCopy(image, {
    ...look,
    ...{ maxPixels: look.maxCopyPixels, points: hinted },
  });
  const picture = prepare(image, { way, points, companion });
  const { target, source } = picture.compared ?? {};
  const reply: Answer = {
    kind: "opened",
    small,
    full: { widthPx: image.width, heightPx: image.height },
    hasHints: hints !== undefined,
    hasCloser: closer !== undefined,
    compared: target && source && { target: sizeOf(target), source: sizeOf(source) },
    ms: { decode: decodedMs - startedMs, prepare: performance.now() - decodedMs },
  };
  const seen = [lightness, hints, ...closer ?? []];
  const planes = [...seen, target?.lightness, source?.lightness, source?.ab];
  return { picture, answer: [reply, planes.flatMap((plane) => plane ? [bytesOf(plane)] : [])] };
}

async function paintFile(
  { paint }: Prepared,
  body: Uint8Array<ArrayBuffer>,
  { small, format, quality, isLast }: Extract<Request, { kind: "paint" }>,
): Promise<Answered> {
  const startedMs = performance.now();
  const floats = floatsOf(body);
  const pixels = small ? small.widthPx * small.heightPx : 0;
  const planes = small &&
    { ...small, lightness: floats.subarray(0, pixels), ab: floats.subarray(pixels) };
  const painted = paint(planes, { inPlace: isLast });
  const paintedMs = performance.now();
  const file = await encodeImage(painted, { format, ...(quality !== undefined && { quality }) });
  const ms = { paint: paintedMs - startedMs, encode: performance.now() - paintedMs };
  return [{ kind: "painted", ms }, [file]];
}

function sizeOf({ widthPx, heightPx }: SizePx): SizePx {
  return { widthPx, heightPx };
}

function refusal(error: unknown, { kind }: Request): Answered {
  if (error instanceof ImageError) {
    return [{ kind: "refused", reason: error.reason, message: error.message }, []];
  }
  // Sizes and points are checked with a RangeError that says what is wrong with them.
  if (error instanceof RangeError && kind === "open") {
    return [{ kind: "refused", reason: "option", message: error.message }, []];
  }
  return [{ kind: "failed", message: error instanceof Error ? error.message : String(error) }, []];
}
