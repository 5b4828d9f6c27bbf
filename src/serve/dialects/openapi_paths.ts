/** The dialects' routes in the API's description: their forms are described by their own authors. */

type Json = Record<string, unknown>;

const JSON_BODY: Json = { "application/json": { schema: { type: "object" } } };
const PICTURE: Json = { "image/*": { schema: { type: "string", format: "binary" } } };

/** What a route takes and gives. */
interface Operation {
  summary: string;
  path: string;
  method: "get" | "post" | "put";
  body?: Json;
  answer?: Json;
}

const OPERATIONS: Operation[] = [
  {
    ...{ path: "/v2/models/{model}", method: "get" },
    summary: "Open Inference Protocol, version 2: tells of a model",
  },
  {
    ...{ path: "/v2/models/{model}/infer", method: "post", body: JSON_BODY },
    summary: "Open Inference Protocol, version 2: colorizes a tensor that holds a picture",
  },
  {
    ...{ path: "/predictions", method: "post", body: JSON_BODY },
    summary: "Cog: colorizes a data URL",
  },
  {
    ...{ path: "/predictions/{id}", method: "put", body: JSON_BODY },
    summary: "Cog: the same, once for an id of the client",
  },
  {
    ...{ path: "/predictions/{id}/cancel", method: "post" },
    summary: "Cog: ends a prediction",
  },
  {
    ...{ path: "/hf/{model}", method: "post" },
    ...{ body: { ...PICTURE, ...JSON_BODY }, answer: PICTURE },
    summary: "Hugging Face: image to image",
  },
];

/**
 * Describes the routes.
 * @param common.refusals Responses of errors, by status.
 * @param common.security Of an operation: what its client must show.
 */
export function dialectPaths({ refusals, security }: { refusals: Json; security: Json }): Json {
  const paths = OPERATIONS.map(({ path, method, summary, body, answer = JSON_BODY }) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const operation = {
      summary,
      parameters: names.map((name) => ({
        ...{ name, in: "path", required: true },
        schema: { type: "string" },
      })),
      ...(body && { requestBody: { required: true, content: body } }),
      responses: { 200: { description: "Done", content: answer }, ...refusals },
      ...security,
    };
    return [path, { [method]: operation }];
  });
  return Object.fromEntries(paths);
}
