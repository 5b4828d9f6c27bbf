/**
 * Hugging Face's image-to-image: the body is a picture, or JSON with the picture in base64 as
 * `inputs` and the options as `parameters`; the answer is a picture. Clients name
 * `http://HOST/hf/MODEL`, or `/hf` for the default model, as their endpoint.
 * @see https://huggingface.co/docs/inference-providers/tasks/image-to-image
 */
import type { Context, Hono } from "hono";
import { mediaType } from "../../image/encode.ts";
import { preferredFormat } from "../accept.ts";
import { withModel } from "../color_source.ts";
import { ProblemError } from "../problem.ts";
import type { AppEnv } from "../telemetry.ts";
import {
  colorizeFields,
  type DialectOptions,
  fieldsOf,
  type JsonObject,
  parseObject,
  pictureOfText,
  readCounted,
} from "./json_body.ts";

/** Adds the routes of the dialect. */
export function addHuggingFace(app: Hono<AppEnv>, options: DialectOptions): void {
  app.post("/hf", (c) => answer(c, undefined, options));
  app.post("/hf/:model", (c) => answer(c, c.req.param("model"), options));
}

async function answer(
  c: Context<AppEnv>,
  model: string | undefined,
  options: DialectOptions,
): Promise<Response> {
  const { body, deadline, done } = await readCounted(c.req.raw, options);
  using _ticket = done;
  const isJson = /^application\/json\b/i.test(c.req.header("content-type") ?? "");
  const { picture, parameters } = isJson
    ? ofJson(parseObject(body))
    : { picture: body, parameters: {} };
  if (picture.length === 0) throw new ProblemError(400, "Cannot read the picture: it is empty");
  const fields = withModel(fieldsOf(parameters), model);
  if ((fields.candidates ?? 1) !== 1) {
    throw new ProblemError(422, "Cannot use option candidates: the answer is one picture here");
  }
  const format = fields.format ?? preferredFormat(c.req.header("accept")) ?? "png";
  const signal = deadline.within(fields.timeout);
  const { files } = await colorizeFields(c, { picture, fields, format, signal }, options);
  return c.body(files[0]! as Uint8Array<ArrayBuffer>, 200, { "content-type": mediaType(format) });
}

function ofJson({ inputs, parameters = {} }: JsonObject) {
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw new ProblemError(422, "Cannot read parameters: it must be an object");
  }
  return { picture: pictureOfText(inputs, "inputs"), parameters: parameters as JsonObject };
}
