/** The options of a colorization, as they come in a query or a form. */
import { z } from "zod";
import { PROPAGATION_METHODS } from "../colorize/propagate_colors.ts";
import { TRANSFERS } from "../colorize/transfer_colors.ts";
import { OUTPUT_FORMATS } from "../image/encode.ts";
import { ProblemError } from "./problem.ts";

/** Twice what the largest of the networks were trained on. */
const MAX_SIZE_PX = 512;
const MOST_CANDIDATES = 8;
const MOST_POINTS = 200;
const MOST_SWATCHES = 20;
const MOST_SUGGESTIONS = 12;
const METHODS = ["network", ...PROPAGATION_METHODS] as const;
/** Seconds that a request may take, whatever it asks for. */
const LONGEST_TIMEOUT = 120;

const wholeNumber = (least: number, most: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(least).max(most));

const number = (least: number, most: number) =>
  z.string().regex(/^\d*\.?\d+(e-?\d+)?$/i).transform(Number).pipe(z.number().min(least).max(most));

/** A color that is known at a pixel. */
export const pointSchema = z.strictObject({
  x: z.number().describe("Pixels from the left; 0 is the middle of the first one"),
  y: z.number().describe("Pixels from the top"),
  color: z.string().regex(/^#[0-9a-fA-F]{6}$/).describe("sRGB, #rrggbb"),
  radius: z.number().positive().optional().describe("How far it certainly reaches, in pixels"),
});

const rectangleSchema = z.tuple([
  z.int().min(0),
  z.int().min(0),
  z.int().min(1),
  z.int().min(1),
]).describe("Pixels: left, top, width, height");

/** Parts of two pictures that belong together. */
const swatchSchema = z.strictObject({ target: rectangleSchema, reference: rectangleSchema });

/** Each with what it must be, for errors, and what it does. */
export const optionSchemas = {
  model: z.string().min(1).meta({
    rule: "a name",
    description: "Name of the model; GET /models lists them",
  }),
  size: wholeNumber(8, MAX_SIZE_PX).meta({
    rule: `a whole number, 8 to ${MAX_SIZE_PX}`,
    description:
      "Short side of the copy that the network sees, in pixels; when left out what the model was trained on, 64 for ours, and for palettes closer looks at up to twice that, which takes longer",
  }),
  vividness: number(0, 1).meta({
    rule: "a number, 0 to 1",
    description:
      "From faithful and pale, 0, to vivid, 1; 0.5 when left out; for models that predict distributions",
  }),
  candidates: wholeNumber(1, MOST_CANDIDATES).meta({
    rule: `a whole number, 1 to ${MOST_CANDIDATES}`,
    description: "How many different answers; fewer come when the model is sure",
  }),
  seed: wholeNumber(0, 2 ** 32 - 1).meta({
    rule: `a whole number, 0 to ${2 ** 32 - 1}`,
    description: "Fixes the candidates, and the samples of a reference; 0 when left out",
  }),
  points: z.string().transform(parseJson).pipe(z.array(pointSchema).max(MOST_POINTS)).meta({
    rule: `a JSON list of at most ${MOST_POINTS} points {"x", "y", "color": "#rrggbb", "radius"}`,
    description: "Colors that are known, in JSON",
  }),
  method: z.enum(METHODS).meta({
    rule: `one of ${METHODS.join(", ")}`,
    description: "What spreads the colors of points and strokes: the network; geodesic, by " +
      "lightness alone and sharp; or optimization, the same and smooth",
  }),
  keep_rest: z.string().toLowerCase().pipe(z.enum(["true", "false"]))
    .transform((text) => text === "true").pipe(z.boolean()).meta({
      rule: "true or false",
      description:
        "geodesic, optimization: whether the network's colors stay but for what is near the given ones",
    }),
  transfer: z.enum(TRANSFERS).meta({
    rule: `one of ${TRANSFERS.join(", ")}`,
    description: "How the colors of the field reference, a picture, are taken: by what a palette " +
      "sees in both, or by lightness and texture without a network",
  }),
  swatches: z.string().transform(parseJson).pipe(z.array(swatchSchema).max(MOST_SWATCHES)).meta({
    rule: `a JSON list of at most ${MOST_SWATCHES} pairs {"target": [x, y, width, height], ` +
      `"reference": [x, y, width, height]}`,
    description: "welsh: parts of the picture and of the reference that belong together, in JSON",
  }),
  format: z.enum(OUTPUT_FORMATS).meta({
    rule: `one of ${OUTPUT_FORMATS.join(", ")}`,
    description: "Format of the answer, instead of what Accept prefers",
  }),
  quality: wholeNumber(1, 100).meta({
    rule: "a whole number, 1 to 100",
    description: "Of JPEG, WebP and AVIF",
  }),
  timeout: number(0.001, LONGEST_TIMEOUT).meta({
    rule: `a number above 0, up to ${LONGEST_TIMEOUT}`,
    description: "Seconds after which the work is given up with 504",
  }),
} as const;

/** Of a picture at an address: where, and how; no other picture comes with it. */
const { transfer: _, swatches: __, ...alone } = optionSchemas;
export const fetchSchemas = {
  url: z.string().min(1).meta({
    rule: "given",
    description: "Address of the picture, http or https, of a host that the server names",
  }),
  ...alone,
} as const;

/** Of a suggestion: where, and how many. */
const { model, size, points, timeout } = optionSchemas;
export const suggestSchemas = {
  x: number(0, 1).meta({
    rule: "a number, 0 to 1",
    description: "Place from the left, as a part of the width",
  }),
  y: number(0, 1).meta({
    rule: "a number, 0 to 1",
    description: "Place from the top, as a part of the height",
  }),
  count: wholeNumber(1, MOST_SUGGESTIONS).meta({
    rule: `a whole number, 1 to ${MOST_SUGGESTIONS}`,
    description: "At most so many colors; 5 when left out",
  }),
  ...{ model, size, points, timeout },
} as const;

/** Schemas of options that come as texts, each with what it must be. */
export type OptionSchemas = Record<string, z.ZodType>;

/** Options, checked. */
export type FieldsOf<Schemas extends OptionSchemas> = {
  [Name in keyof Schemas]?: z.output<Schemas[Name]>;
};

/** Pictures that may come beside the one to colorize. */
export const COMPANIONS = ["reference", "strokes"] as const;
export type Companions = { [Name in typeof COMPANIONS[number]]?: Uint8Array<ArrayBuffer> };

/** What a client asks for, checked, and what it sends for that. */
export type ColorizeFields = FieldsOf<typeof optionSchemas> & { files?: Companions };

/** Options as texts by their names; each may be given once. */
export class OptionTexts<Schemas extends OptionSchemas> {
  readonly #schemas: Schemas;
  readonly #texts = new Map<string, string>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** @throws {ProblemError} 422 when the name is unknown or a picture's, or was given before. */
  add(name: string, value: string): void {
    if (COMPANIONS.some((each) => each === name) && Object.hasOwn(this.#schemas, "transfer")) {
      const rule = "must be a picture in a field of a multipart form";
      throw new ProblemError(422, `Cannot use option ${name}: ${rule}`);
    }
    if (!Object.hasOwn(this.#schemas, name)) {
      const known = Object.keys(this.#schemas).join(", ");
      throw new ProblemError(422, `Cannot use option ${name}: must be one of ${known}`);
    }
    if (this.#texts.has(name)) {
      throw new ProblemError(422, `Cannot use option ${name}: must be given once`);
    }
    this.#texts.set(name, value);
  }

  /** @throws {ProblemError} 422 naming the option, what it must be, and the value. */
  parse(): FieldsOf<Schemas> {
    const fields = [...this.#texts].map(([name, text]) => [
      name,
      parseOption(name, text, this.#schemas[name]!),
    ]);
    return Object.fromEntries(fields);
  }
}

function parseOption(name: string, text: string, schema: z.ZodType): unknown {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const { rule } = schema.meta() as { rule: string };
  const got = text === "" ? "none" : JSON.stringify(text.slice(0, 200));
  throw new ProblemError(422, `Cannot use option ${name}: must be ${rule}, got ${got}`);
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
}
