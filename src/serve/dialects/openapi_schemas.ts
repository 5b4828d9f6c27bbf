/** What the dialects' bodies hold, as JSON Schema. */

type Json = Record<string, unknown>;

/** Of the description's components: every option as a JSON value, pictures in base64. */
export const OPTIONS = { $ref: "#/components/schemas/ColorizeOptions" };

/** A picture inside JSON. */
export const BASE64: Json = {
  type: "string",
  minLength: 1,
  description: "A picture in base64, or a data: URL of one",
};

const text: Json = { type: "string" };
/** A list of one. */
const ONE: Json = { type: "array", minItems: 1, maxItems: 1 };

/** Body of a prediction, and the prediction that answers it. */
export const COG = {
  body: object({
    input: { allOf: [object({ image: BASE64 }, ["image"]), OPTIONS] },
    id: { ...text, description: "A name of the client's for it" },
  }, ["input"]),
  answer: object({
    id: text,
    status: { enum: ["processing", "succeeded", "failed", "canceled"] },
    output: {
      description: "A data: URL, or one for each candidate; null until it has succeeded",
      oneOf: [text, { type: "array", items: text }, { type: "null" }],
    },
    error: { type: ["string", "null"] },
    logs: text,
    metrics: object({ predict_time: { type: "number", description: "Seconds" } }),
  }, ["id", "status", "output", "error", "logs", "metrics"]),
};

/** Body of an image-to-image request that is JSON. */
export const HUGGING_FACE: Json = object({
  inputs: BASE64,
  parameters: { ...OPTIONS, description: "Without several candidates: the answer is one picture" },
}, ["inputs"]);

/**
 * Metadata of a model, and a request and answer of its inference: those of JSON alone, not of the
 * extension for raw bytes.
 */
export const OPEN_INFERENCE = {
  metadata: object({
    name: text,
    versions: { type: "array", items: text },
    platform: text,
    inputs: tensors({ shape: { ...ONE, items: { const: -1 } } }),
    outputs: tensors({ shape: { ...ONE, items: { const: -1 } } }),
  }, ["name", "versions", "platform", "inputs", "outputs"]),
  body: object({
    id: text,
    inputs: tensors({
      shape: { type: "array", items: { const: 1 }, minItems: 1 },
      data: { ...ONE, items: BASE64 },
    }),
    parameters: OPTIONS,
  }, ["inputs"]),
  answer: object({
    model_name: text,
    model_version: text,
    id: text,
    outputs: tensors({
      shape: { ...ONE, items: { type: "integer" } },
      data: { type: "array", items: { ...text, description: "A picture in base64" } },
    }),
  }, ["model_name", "model_version", "outputs"]),
  problem: object({ error: text }, ["error"]),
};

/** One tensor named image. */
function tensors(properties: Json): Json {
  const all = { name: { const: "image" }, datatype: { const: "BYTES" }, ...properties };
  const tensor = object(all, Object.keys(all));
  return { ...ONE, items: tensor };
}

function object(properties: Json, required: string[] = []): Json {
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}
