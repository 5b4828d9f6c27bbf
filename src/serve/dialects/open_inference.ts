/**
 * The Open Inference Protocol, version 2, of KServe and Triton: one BYTES tensor `image` in, one out,
 * in base64, or raw after the header by the binary extension. Options are `parameters`.
 * @see https://github.com/kserve/open-inference-protocol (rest/inference_rest.yaml)
 * @see Triton's binary tensor data extension
 */
import type { Context, Hono } from "hono";
import type { ModelInfo } from "../../colorize/model.ts";
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

const HEADER_LENGTH = "inference-header-content-length";
const LENGTH_BYTES = 4;
const VERSION = "1";
const TENSOR = { name: "image", datatype: "BYTES" } as const;

/** Adds the routes of the protocol. Its errors are `{ "error": "..." }`: see `isOpenInference`. */
export function addOpenInference(app: Hono<AppEnv>, options: DialectOptions): void {
  const { service } = options;
  const ready = (c: Context<AppEnv>) =>
    c.body(null, service.status().state === "ready" ? 200 : 503);
  app.get("/v2", (c) => {
    return c.json({ name: "polychromify", version: "1", extensions: ["binary_tensor_data"] });
  });
  app.get("/v2/health/live", (c) => c.body(null, 200));
  app.get("/v2/health/ready", ready);
  for (const path of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.get(path, async (c) => c.json(metadataOf(await findModel(c, options))));
    app.get(`${path}/ready`, async (c) => {
      const { name, hasWeights } = await findModel(c, options);
      const isReady = hasWeights && service.status().state === "ready";
      return c.json({ name, ready: isReady }, isReady ? 200 : 503);
    });
    app.post(`${path}/infer`, (c) => infer(c, options));
  }
}

/** Whether a path's errors are those of the protocol. */
export function isOpenInference(path: string): boolean {
  return path === "/v2" || path.startsWith("/v2/");
}

async function findModel(c: Context<AppEnv>, { service }: DialectOptions): Promise<ModelInfo> {
  const name = c.req.param("model");
  checkVersion(c);
  const model = (await service.models()).find((model) => model.name === name);
  if (!model) throw new ProblemError(404, `Cannot find model ${name}: there is none of the name`);
  return model;
}

/** There is one version of each model. */
function checkVersion(c: Context<AppEnv>): void {
  const version = c.req.param("version") ?? VERSION;
  if (version === VERSION) return;
  const got = `version ${version} of model ${c.req.param("model")}`;
  throw new ProblemError(404, `Cannot find ${got}: there is version ${VERSION} alone`);
}

function metadataOf({ name }: ModelInfo) {
  const tensor = { ...TENSOR, shape: [-1] };
  return {
    name,
    versions: [VERSION],
    platform: "polychromify",
    inputs: [tensor],
    outputs: [tensor],
  };
}

async function infer(c: Context<AppEnv>, options: DialectOptions): Promise<Response> {
  checkVersion(c);
  const { body, deadline, done } = await readCounted(c.req.raw, options);
  using _ticket = done;
  const headerBytes = headerLength(c, body.length);
  const request = parseObject(body.subarray(0, headerBytes));
  const picture = pictureOf(request, body.subarray(headerBytes));
  const { binary_data_output: wantsBinary, ...parameters } = objectOf(request.parameters);
  const model = c.req.param("model")!;
  await options.service.version(model); // there must be one of the name
  const fields = withModel(fieldsOf(parameters), model);
  const format = fields.format ?? "png";
  const signal = deadline.within(fields.timeout);
  const { files } = await colorizeFields(c, { picture, fields, format, signal }, options);
  const about = {
    model_name: model,
    model_version: VERSION,
    ...(typeof request.id === "string" && { id: request.id }),
  };
  return wantsBinary === true || wantsBinaryImage(request)
    ? answerBinary(about, files)
    : c.json({ ...about, outputs: [outputOf(files)] });
}

function outputOf(files: Uint8Array[]) {
  return { ...TENSOR, shape: [files.length], data: files.map((file) => file.toBase64()) };
}

/** Each element of a raw BYTES tensor is its length and its bytes. */
function answerBinary(about: object, files: Uint8Array[]): Response {
  const size = files.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0);
  const output = { ...TENSOR, shape: [files.length], parameters: { binary_data_size: size } };
  const header = new TextEncoder().encode(JSON.stringify({ ...about, outputs: [output] }));
  const body = new Uint8Array(header.length + size);
  body.set(header);
  let at = header.length;
  for (const file of files) {
    new DataView(body.buffer).setUint32(at, file.length, true);
    body.set(file, at + LENGTH_BYTES);
    at += LENGTH_BYTES + file.length;
  }
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      [HEADER_LENGTH]: String(header.length),
    },
  });
}

function headerLength(c: Context<AppEnv>, bodyBytes: number): number {
  const text = c.req.header(HEADER_LENGTH);
  if (text === undefined) return bodyBytes;
  const length = Number(text);
  if (/^\d+$/.test(text) && length <= bodyBytes) return length;
  throw new ProblemError(400, `Cannot use ${HEADER_LENGTH}: must lie in the body, got ${text}`);
}

function pictureOf({ inputs }: JsonObject, raw: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const [input, ...others] = (Array.isArray(inputs) ? inputs : []).map(objectOf);
  const isImage = input?.name === TENSOR.name && input.datatype === TENSOR.datatype;
  if (!input || !isImage || others.length > 0 || !isOne(input.shape)) {
    const rule = "must be one tensor named image, of datatype BYTES and shape [1]";
    throw new ProblemError(400, `Cannot read inputs: ${rule}`);
  }
  const size = objectOf(input.parameters).binary_data_size;
  if (size === undefined) {
    const data = Array.isArray(input.data) ? input.data.flat() : [];
    if (data.length === 1) return pictureOfText(data[0], "the tensor's data");
    throw new ProblemError(400, `Cannot read inputs: must hold one picture, got ${data.length}`);
  }
  const own = raw.length >= LENGTH_BYTES
    ? new DataView(raw.buffer, raw.byteOffset).getUint32(0, true)
    : -1;
  if (size !== raw.length || own !== raw.length - LENGTH_BYTES) {
    const rule = "binary_data_size must be that of one element with its length before it";
    throw new ProblemError(400, `Cannot read inputs: ${rule}, got ${size} of ${raw.length}`);
  }
  return raw.slice(LENGTH_BYTES);
}

/** A shape of one element. */
function isOne(shape: unknown): boolean {
  return Array.isArray(shape) && shape.length > 0 && shape.every((side) => side === 1);
}

function wantsBinaryImage({ outputs }: JsonObject): boolean {
  const [output, ...others] = (Array.isArray(outputs) ? outputs : []).map(objectOf);
  if (others.length > 0 || output && output.name !== TENSOR.name) {
    throw new ProblemError(400, "Cannot answer outputs: there is one, named image");
  }
  return objectOf(output?.parameters).binary_data === true;
}

function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonObject
    : {};
}
