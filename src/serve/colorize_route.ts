/** `/v1/colorize`: pictures that are sent, or lie at an address. */
import type { Context } from "hono";
import { mediaType, OUTPUT_FORMATS, type OutputFormat } from "../image/encode.ts";
import { DEFAULT_VIVIDNESS } from "../colorize/colorize_image.ts";
import { TRANSFERS } from "../colorize/transfer_colors.ts";
import { needsNetwork } from "./color_source.ts";
import { preferredFormat, preferredType } from "./accept.ts";
import {
  type ColorizeFields,
  COMPANIONS,
  fetchSchemas,
  optionSchemas,
  OptionTexts,
} from "./colorize_options.ts";
import { pictureOptions, readPictureRequest } from "./colorize_request.ts";
import { fetchPicture } from "./fetch_picture.ts";
import { etagOf, matchesEtag } from "./etag.ts";
import { ProblemError } from "./problem.ts";
import { Deadline } from "./request_signal.ts";
import type { RequestMs, Service } from "./service.ts";
import { packMultipart, packZip } from "./several_files.ts";
import type { AppEnv } from "./telemetry.ts";

/** What the route needs. */
export interface ColorizeRouteOptions {
  service: Service;
  maxBodyBytes: number;
  /** Seconds that a request may take which names no time of its own. */
  timeoutSeconds: number;
  /** Hosts that pictures may be fetched from. */
  fetchHosts: readonly string[];
}

/** Answers a picture of the body in color; several as a ZIP, or as parts of a multipart body. */
export async function answerColorize(
  c: Context<AppEnv>,
  route: ColorizeRouteOptions,
): Promise<Response> {
  const deadline = new Deadline(c.req.raw, route.timeoutSeconds);
  using ticket = route.service.admit();
  const { picture, options, files } = await readPictureRequest(c.req.raw, optionSchemas, {
    companions: COMPANIONS,
    maxBytes: route.maxBodyBytes,
    onBytes: (bytes) => ticket.addBytes(bytes),
    signal: deadline.signal,
  });
  return await answerPicture(c, { picture, options: { ...options, files }, deadline }, route);
}

/** The same for a picture at an address, option `url`, of a host that is allowed. */
export async function answerColorizeUrl(
  c: Context<AppEnv>,
  route: ColorizeRouteOptions,
): Promise<Response> {
  const deadline = new Deadline(c.req.raw, route.timeoutSeconds);
  using ticket = route.service.admit();
  const texts = new OptionTexts(fetchSchemas);
  for (const [name, value] of new URL(c.req.url).searchParams) texts.add(name, value);
  const { url, ...options } = texts.parse();
  if (url === undefined) throw new ProblemError(422, "Cannot colorize: option url must be given");
  pictureOptions(options); // refuses before anything is fetched
  const picture = await fetchPicture(url, {
    hosts: route.fetchHosts,
    maxBytes: route.maxBodyBytes,
    onBytes: (bytes) => ticket.addBytes(bytes),
    signal: deadline.within(options.timeout),
  });
  return await answerPicture(c, { picture, options, deadline }, route);
}

/** A picture, what is asked for it, and until when. */
interface PictureToAnswer {
  picture: Uint8Array<ArrayBuffer>;
  options: ColorizeFields;
  deadline: Deadline;
}

async function answerPicture(
  c: Context<AppEnv>,
  { picture, options, deadline }: PictureToAnswer,
  { service }: ColorizeRouteOptions,
): Promise<Response> {
  const accept = c.req.header("accept");
  const packing = packingOf(options, accept);
  const format = formatOf(options, accept, packing);
  const { timeout, ...fixed } = options;
  const asked = pictureOptions(options);
  const version = needsNetwork(asked.source) ? await service.version(options.model) : "no network";
  const facts = JSON.stringify({ ...withDefaults(fixed, service), format, packing });
  const beside = COMPANIONS.map((name) => options.files?.[name] ?? "");
  const etag = await etagOf(picture, ...beside, facts, version);
  const headers = { etag, vary: "Accept" };
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  const signal = deadline.within(timeout);
  const { files, ms } = await service.colorize(picture, { ...asked, format, signal });
  c.set("stages", ms);
  const { type, body } = pack(files, { format, packing, etag });
  return c.body(body as Uint8Array<ArrayBuffer>, 200, {
    ...headers,
    "content-type": type,
    "server-timing": serverTiming(ms),
  });
}

/** What is asked for; leaving an option out is the same as asking for what stands for it. */
function withDefaults(
  { model, vividness, candidates = 1, seed = 0, points, files, ...others }: ColorizeFields,
  { defaultModel }: Service,
): object {
  const { size, quality, method, keep_rest: keepsRest, transfer, swatches } = others;
  return {
    model: model ?? defaultModel,
    vividness: vividness ?? DEFAULT_VIVIDNESS,
    candidates,
    ...((candidates > 1 || files?.reference) && { seed }),
    ...(points?.length && { points }),
    ...(method !== "network" && { method }),
    ...(keepsRest && { keepsRest }),
    ...(transfer !== TRANSFERS[0] && { transfer }),
    ...(swatches?.length && { swatches }),
    ...{ size, quality },
  };
}

function pack(
  files: Uint8Array[],
  { format, packing, etag }: { format: OutputFormat; packing: Packing; etag: string },
) {
  if (packing === "single") return { type: mediaType(format), body: files[0]! };
  if (packing === "zip") return packZip(files, format);
  // A hash of the pictures among other things: none can contain it.
  const boundary = `polychromify-${etag.replaceAll('"', "")}`;
  return packMultipart(files, format, { subtype: packing, boundary });
}

type Packing = "single" | "zip" | "mixed" | "form-data";

/** How several pictures are answered, the usual way first. */
const PACKINGS: Record<string, Packing> = {
  "multipart/mixed": "mixed",
  "multipart/form-data": "form-data",
  "application/zip": "zip",
};

/** One candidate, the usual case, is answered as a picture. */
function packingOf({ candidates = 1 }: ColorizeFields, accept: string | undefined): Packing {
  if (candidates === 1) return "single";
  const type = preferredType(accept, Object.keys(PACKINGS));
  if (type !== undefined) return PACKINGS[type]!;
  // Who accepts pictures gets several of them.
  if (preferredFormat(accept)) return "mixed";
  const offers = Object.keys(PACKINGS).join(", ");
  throw new ProblemError(406, `Cannot answer: Accept must allow one of ${offers}`);
}

/** Of the pictures; in a ZIP or multipart body their own type need not be acceptable. */
function formatOf(
  { format }: ColorizeFields,
  accept: string | undefined,
  packing: Packing,
): OutputFormat {
  const preferred = format ?? preferredFormat(accept) ??
    (packing === "single" ? undefined : "png");
  if (preferred) return preferred;
  const offers = OUTPUT_FORMATS.map(mediaType).join(", ");
  throw new ProblemError(406, `Cannot answer: Accept must allow one of ${offers}`);
}

/** @see W3C Server Timing. */
function serverTiming(ms: RequestMs): string {
  return Object.entries(ms).map(([stage, spent]) => `${stage};dur=${spent.toFixed(1)}`).join(", ");
}
