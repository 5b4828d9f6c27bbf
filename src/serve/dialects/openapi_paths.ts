/** The dialects' routes in the API's description. */
import { isOpenInference } from "./open_inference.ts";
import { COG, HUGGING_FACE, OPEN_INFERENCE } from "./openapi_schemas.ts";

type Json = Record<string, unknown>;

const PICTURE: Json = { "image/*": { schema: { type: "string", format: "binary" } } };

function json(schema: Json): Json {
  return { "application/json": { schema } };
}

/** What a route takes and gives. */
interface Operation {
  summary: string;
  path: string;
  method: "get" | "post" | "put";
  body?: Json;
  answer: Json;
  /** Statuses that it may answer beside 200, and what that means. */
  others?: Record<string, string>;
}

const OPERATIONS: Operation[] = [
  {
    ...{ path: "/v2/models/{model}", method: "get", answer: json(OPEN_INFERENCE.metadata) },
    summary: "Open Inference Protocol, version 2: tells of a model",
  },
  {
    ...{ path: "/v2/models/{model}/infer", method: "post" },
    ...{ body: json(OPEN_INFERENCE.body), answer: json(OPEN_INFERENCE.answer) },
    summary: "Open Inference Protocol, version 2: colorizes a tensor that holds a picture",
  },
  {
    ...{ path: "/predictions", method: "post" },
    ...{ body: json(COG.body), answer: json(COG.answer) },
    summary: "Cog: colorizes a data URL",
  },
  {
    ...{ path: "/predictions/{id}", method: "put" },
    ...{ body: json(COG.body), answer: json(COG.answer) },
    others: { 202: "Begun, where Prefer is respond-async: put the same again for the answer" },
    summary: "Cog: the same, once for an id of the client",
  },
  {
    ...{ path: "/predictions/{id}/cancel", method: "post", answer: json({ type: "object" }) },
    summary: "Cog: ends a prediction",
  },
  {
    ...{ path: "/hf/{model}", method: "post" },
    ...{ body: { ...PICTURE, ...json(HUGGING_FACE) }, answer: PICTURE },
    summary: "Hugging Face: image to image",
  },
];

/**
 * Describes the routes.
 * @param common.refusals Responses of errors, by status.
 * @param common.security Of an operation: what its client must show.
 */
export function dialectPaths(
  { refusals, security }: { refusals: Record<string, Json>; security: Json },
): Json {
  const paths = OPERATIONS.map((operation) => {
    const { path, method, summary, body, answer, others = {} } = operation;
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const done = Object.entries({ 200: "Done", ...others }).map(([status, description]) => [
      status,
      { description, content: answer },
    ]);
    return [path, {
      [method]: {
        summary,
        parameters: names.map((name) => ({
          ...{ name, in: "path", required: true },
          schema: { type: "string" },
        })),
        ...(body && { requestBody: { required: true, content: body } }),
        responses: {
          ...Object.fromEntries(done),
          ...(isOpenInference(path) ? ofOpenInference(refusals) : refusals),
        },
        ...security,
      },
    }];
  });
  return Object.fromEntries(paths);
}

/** Its errors have a form of their own. */
function ofOpenInference(refusals: Record<string, Json>): Json {
  const content = json(OPEN_INFERENCE.problem);
  return Object.fromEntries(
    Object.entries(refusals).map(([status, refusal]) => [status, { ...refusal, content }]),
  );
}
