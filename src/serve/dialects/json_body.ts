/** What the dialects share: bodies of JSON, pictures as base64, options as JSON values. */
import type { Context } from "hono";
import {
  type ColorizeFields,
  COMPANIONS,
  type Companions,
  optionSchemas,
  OptionTexts,
} from "../colorize_options.ts";
import { pictureOptions } from "../colorize_request.ts";
import { ProblemError } from "../problem.ts";
import { readBody } from "../read_body.ts";
import type { Colorized, Service } from "../service.ts";
import { Deadline } from "../request_signal.ts";
import type { AppEnv } from "../telemetry.ts";
import type { OutputFormat } from "../../image/encode.ts";

/** What every dialect needs. */
export interface DialectOptions {
  service: Service;
  maxBodyBytes: number;
  /** Seconds that a request may take which names no time of its own. */
  timeoutSeconds: number;
  /** Tells the operator of a failure that no answer tells of. */
  logError: (requestId: string, error: unknown) => void;
}

/** A JSON object, whatever it holds. */
export type JsonObject = Record<string, unknown>;

/** A body, until when its request is to be answered, and its place among those at hand. */
export interface CountedBody {
  body: Uint8Array<ArrayBuffer>;
  deadline: Deadline;
  done: Disposable;
}

/**
 * Reads a body, counted by the service.
 * @throws {ProblemError} 413 over the limit, 503 when there is no room.
 * @throws {unknown} The reason of the deadline's signal.
 */
export async function readCounted(
  request: Request,
  { service, maxBodyBytes, timeoutSeconds }: DialectOptions,
): Promise<CountedBody> {
  const deadline = new Deadline(request, timeoutSeconds);
  const ticket = service.admit();
  try {
    // Base64 takes a third more than the picture.
    const maxBytes = Math.ceil(maxBodyBytes * 4 / 3) + 4096;
    const { signal } = deadline;
    const body = await readBody(request, { maxBytes, onBytes: ticket.addBytes, signal });
    return { body, deadline, done: ticket };
  } catch (error) {
    ticket[Symbol.dispose]();
    throw error;
  }
}

/** @throws {ProblemError} 400 when the text is no JSON object. */
export function parseObject(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ProblemError(400, "Cannot read the body: it must be JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProblemError(400, "Cannot read the body: it must be a JSON object");
  }
  return value as JsonObject;
}

/**
 * Reads a picture in base64, alone or as a `data:` URL.
 * @param name What the message calls it.
 * @throws {ProblemError} 422 when it is neither; no URL is ever fetched.
 */
export function pictureOfText(text: unknown, name: string): Uint8Array<ArrayBuffer> {
  const rule = "must be a picture in base64, or a data: URL of one";
  if (typeof text !== "string" || text === "") {
    throw new ProblemError(422, `Cannot read ${name}: it ${rule}`);
  }
  const base64 = text.replace(/^data:[^,]*;base64,/, "");
  const got = JSON.stringify(text.slice(0, 40));
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(base64);
  } catch (cause) {
    throw new ProblemError(422, `Cannot read ${name}: it ${rule}, got ${got}`, { cause });
  }
  if (bytes.length > 0) return bytes;
  throw new ProblemError(422, `Cannot read ${name}: it ${rule}, got ${got}, which is empty`);
}

/**
 * Options that came as JSON values; pictures among them as base64 or `data:` URLs.
 * @throws {ProblemError} 422 naming the option, what it must be, and the value.
 */
export function fieldsOf(values: JsonObject): ColorizeFields {
  const texts = new OptionTexts(optionSchemas);
  const files: Companions = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    const companion = COMPANIONS.find((each) => each === name);
    if (companion) files[companion] = pictureOfText(value, name);
    else texts.add(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return { ...texts.parse(), files };
}

/** Colorizes for a dialect, with its stages in the log. */
export async function colorizeFields(
  c: Context<AppEnv>,
  { picture, fields, format, signal }: {
    picture: Uint8Array;
    fields: ColorizeFields;
    format: OutputFormat;
    signal: AbortSignal;
  },
  { service }: Pick<DialectOptions, "service">,
): Promise<Colorized> {
  const colorized = await service.colorize(picture, {
    ...pictureOptions(fields),
    ...{ format, signal },
  });
  c.set("stages", colorized.ms);
  return colorized;
}
