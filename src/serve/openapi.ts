/** The API's description, OpenAPI 3.1, made of the schemas that requests are checked by. */
import { z } from "zod";
import { mediaType, OUTPUT_FORMATS } from "../image/encode.ts";
import { dialectPaths } from "./dialects/openapi_paths.ts";
import { BASE64 } from "./dialects/openapi_schemas.ts";
import {
  type Companions,
  fetchSchemas,
  type OptionSchemas,
  optionSchemas,
  suggestSchemas,
} from "./colorize_options.ts";

type Json = Record<string, unknown>;

const BINARY: Json = { type: "string", format: "binary" };
const PROBLEM = {
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
};

const SEVERAL = "Several candidates come as multipart/mixed, or as a ZIP where Accept names " +
  "application/zip.";

/** Pictures that may come beside the one to colorize. */
const COMPANION_FIELDS: Record<keyof Companions, Json> = {
  reference: { ...BINARY, description: "A picture whose colors are taken" },
  strokes: {
    ...BINARY,
    description:
      "geodesic, optimization: a picture of the same size whose opaque pixels are colors",
  },
};

/** Errors of a colorization, by status. */
const REFUSALS: Record<string, string> = {
  400: "The body is no form, or empty",
  401: "A bearer token is needed",
  404: "There is no such model",
  406: "Accept allows none of the formats",
  413: "Too many bytes or pixels",
  415: "No picture of a known kind",
  422: "A damaged picture, or an option that does not fit",
  429: "Too many requests of this client; Retry-After tells when to come back",
  503: "Not ready, or too many requests at hand; Retry-After tells when to come back",
  504: "The time for it was over",
};

/** What of a server its description depends on. */
export interface ApiOptions {
  /** Whether work needs a bearer token. */
  needsToken: boolean;
  /** Hosts that pictures may be fetched from. */
  fetchHosts: readonly string[];
}

/** Those of a picture at an address come beside. */
const FETCH_REFUSALS: Record<string, string> = {
  403: "The address, or where it leads on to, is of another host",
  502: "The host does not answer with a file",
};

/** Describes the routes. */
export function openApiDocument({ needsToken, fetchHosts }: ApiOptions): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Polychromify",
      version: "1",
      description: "Colorizes black-and-white photographs.",
    },
    paths: {
      "/v1/colorize": {
        post: colorizeOperation(needsToken),
        ...(fetchHosts.length > 0 && { get: fetchOperation(fetchHosts, needsToken) }),
      },
      "/v1/suggest": { post: suggestOperation(needsToken) },
      ...dialectPaths({ refusals: refusals(), security: security(needsToken) }),
      "/models": { get: plainOperation("Lists the models", "application/json") },
      "/healthz": { get: plainOperation("Tells whether the process lives", "application/json") },
      "/readyz": {
        get: {
          ...plainOperation("Tells whether it can colorize", "application/json"),
          responses: {
            200: { description: "Ready" },
            503: { description: "Not ready", content: PROBLEM },
          },
        },
      },
      "/metrics": { get: plainOperation("Figures for Prometheus", "text/plain") },
    },
    components: {
      schemas: { Problem: problemSchema(), ColorizeOptions: optionsSchema() },
      ...(needsToken && { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } }),
    },
  };
}

function colorizeOperation(needsToken: boolean): Json {
  const options = optionsOf(optionSchemas);
  return {
    summary: "Colorizes a picture",
    description: `Options may be query parameters or fields of the form. ${SEVERAL}`,
    parameters: options.map(parameterOf),
    requestBody: { required: true, content: bodies(options, COMPANION_FIELDS) },
    responses: { ...answers(), ...refusals() },
    ...security(needsToken),
  };
}

function fetchOperation(fetchHosts: readonly string[], needsToken: boolean): Json {
  return {
    summary: "Colorizes a picture that lies at an address",
    description: `Of these hosts alone: ${fetchHosts.join(", ")}. ${SEVERAL}`,
    parameters: optionsOf(fetchSchemas).map((option) => ({
      ...parameterOf(option),
      ...(option.name === "url" && { required: true }),
    })),
    responses: { ...answers(), ...refusals({ ...REFUSALS, ...FETCH_REFUSALS }) },
    ...security(needsToken),
  };
}

function suggestOperation(needsToken: boolean): Json {
  const options = optionsOf(suggestSchemas);
  const color = {
    type: "object",
    properties: { color: { type: "string" }, share: { type: "number", minimum: 0, maximum: 1 } },
  };
  const schema = { type: "object", properties: { colors: { type: "array", items: color } } };
  return {
    summary: "Suggests colors for a place of a picture, the likeliest first",
    parameters: options.map(parameterOf),
    requestBody: { required: true, content: bodies(options) },
    responses: {
      200: { description: "Colors", content: { "application/json": { schema } } },
      ...refusals(),
    },
    ...security(needsToken),
  };
}

function security(needsToken: boolean): Json {
  return needsToken ? { security: [{ bearer: [] }] } : {};
}

type Option = ReturnType<typeof split> & { name: string };

function optionsOf(schemas: OptionSchemas): Option[] {
  return Object.entries(schemas).map(([name, schema]) => ({ name, ...split(schema) }));
}

function bodies(options: Option[], pictures: Json = {}): Json {
  const properties = { image: BINARY, ...pictures, ...propertiesOf(options) };
  return {
    "image/*": { schema: BINARY },
    "application/octet-stream": { schema: BINARY },
    "multipart/form-data": { schema: { type: "object", required: ["image"], properties } },
  };
}

/** Options as the values of JSON that the dialects take, with pictures in base64. */
function optionsSchema(): Json {
  const pictures = Object.entries(COMPANION_FIELDS).map(([name, { description }]) => [
    name,
    { ...BASE64, description: `${BASE64.description}: ${description}` },
  ]);
  const options = propertiesOf(optionsOf(optionSchemas));
  return { type: "object", properties: { ...options, ...Object.fromEntries(pictures) } };
}

function propertiesOf(options: Option[]): Json {
  return Object.fromEntries(
    options.map(({ name, schema, description }) => [name, { ...schema, description }]),
  );
}

function answers(): Json {
  const types = [
    ...OUTPUT_FORMATS.map(mediaType),
    "multipart/mixed",
    "multipart/form-data",
    "application/zip",
  ];
  return {
    200: {
      description: "The picture in color",
      headers: {
        "ETag": textHeader("Fixed by picture, options and model"),
        "Server-Timing": textHeader("Milliseconds by stage"),
        "Vary": textHeader("Accept: the format may depend on it"),
      },
      content: Object.fromEntries(types.map((type) => [type, { schema: BINARY }])),
    },
    304: { description: "If-None-Match names what would be answered" },
  };
}

function refusals(refusals: Record<string, string> = REFUSALS): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(refusals).map(([status, description]) => [
      status,
      { description, content: PROBLEM },
    ]),
  );
}

/** A schema as JSON Schema, without what is ours alone. */
function split(schema: z.ZodType): { schema: Json; description: string } {
  const { $schema: _, rule: _rule, description, ...rest } = z.toJSONSchema(schema, {
    io: "output",
  }) as Json;
  return { schema: rest, description: String(description) };
}

function parameterOf({ name, schema, description }: Option): Json {
  const place = { name, in: "query", description };
  // Lists are given as JSON.
  return schema.type === "array"
    ? { ...place, content: { "application/json": { schema } } }
    : { ...place, schema };
}

function plainOperation(summary: string, type: string): Json {
  return { summary, responses: { 200: { description: summary, content: { [type]: {} } } } };
}

function problemSchema(): Json {
  const text = { type: "string" };
  return {
    type: "object",
    description: "Problem details, RFC 9457",
    required: ["type", "title", "status", "detail", "instance", "requestId"],
    properties: {
      ...{ type: text, title: text, detail: text, instance: text, requestId: text },
      status: { type: "integer" },
    },
  };
}

function textHeader(description: string): Json {
  return { description, schema: { type: "string" } };
}
