/** `POST /v1/colorize`. */
import type { Context } from "hono";
import { mediaType, OUTPUT_FORMATS, type OutputFormat } from "../image/encode.ts";
import { preferredFormat } from "./accept.ts";
import { type ColorizeFields, optionSchemas } from "./colorize_options.ts";
import { pictureOptions, readPictureRequest } from "./colorize_request.ts";
import { etagOf, matchesEtag } from "./etag.ts";
import { ProblemError } from "./problem.ts";
import type { RequestMs, Service } from "./service.ts";
import { packMultipart, packZip } from "./several_files.ts";
import type { AppEnv } from "./telemetry.ts";

/** What the route needs. */
export interface ColorizeRouteOptions {
  service: Service;
  maxBodyBytes: number;
  /** Seconds that a request may take which names no time of its own. */
  timeoutSeconds: number;
}

/** Answers a picture in color; several as a ZIP, or as parts of a multipart body. */
export async function answerColorize(
  c: Context<AppEnv>,
  { service, maxBodyBytes, timeoutSeconds }: ColorizeRouteOptions,
): Promise<Response> {
  using ticket = service.admit();
  const { picture, options } = await readPictureRequest(c.req.raw, optionSchemas, {
    maxBodyBytes,
    onBytes: (bytes) => ticket.addBytes(bytes),
  });
  const accept = c.req.header("accept");
  const packing = packingOf(options, accept);
  const format = formatOf(options, accept, packing);
  const { timeout = timeoutSeconds, ...fixed } = options;
  const version = await service.version(options.model);
  const etag = await etagOf(picture, JSON.stringify({ ...fixed, format, packing }), version);
  const headers = { etag, vary: "Accept" };
  if (matchesEtag(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
  const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(1000 * timeout)]);
  const { files, ms } = await service.colorize(picture, {
    ...pictureOptions(options),
    format,
    signal,
  });
  c.set("stages", ms);
  const { type, body } = packing === "single"
    ? { type: mediaType(format), body: files[0]! }
    : packing === "zip"
    ? packZip(files, format)
    : packMultipart(files, format, packing);
  return c.body(body as Uint8Array<ArrayBuffer>, 200, {
    ...headers,
    "content-type": type,
    "server-timing": serverTiming(ms),
  });
}

type Packing = "single" | "zip" | "mixed" | "form-data";

/** One candidate, the usual case, is answered as a picture. */
function packingOf({ candidates = 1 }: ColorizeFields, accept: string | undefined): Packing {
  if (candidates === 1) return "single";
  if (/\bapplication\/zip\b/i.test(accept ?? "")) return "zip";
  return /\bmultipart\/form-data\b/i.test(accept ?? "") ? "form-data" : "mixed";
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
