import { colorSourceOf } from "./color_source.ts";
import {
  type ColorizeFields,
  type COMPANIONS,
  type Companions,
  type FieldsOf,
  type OptionSchemas,
  OptionTexts,
} from "./colorize_options.ts";
import { ProblemError } from "./problem.ts";
import { readBody, type ReadBodyOptions } from "./read_body.ts";
import type { PictureOptions } from "./service.ts";

type Companion = typeof COMPANIONS[number];

/** A picture, and what a client wants of it. */
export interface PictureRequest<Schemas extends OptionSchemas> {
  picture: Uint8Array<ArrayBuffer>;
  options: FieldsOf<Schemas>;
  /** Pictures that came beside it. */
  files: Companions;
}

/**
 * Reads a picture and options. The picture is the raw body, whatever its content type, or the field
 * `image` of a multipart form; options are query parameters or further fields of the form.
 * @param options.companions Fields of the form that are pictures, too.
 * @throws {ProblemError} 400 when there is no picture, 413 when the body is over the limit, 422 when
 * an option does not fit.
 * @throws {unknown} The signal's reason.
 */
export async function readPictureRequest<Schemas extends OptionSchemas>(
  request: Request,
  schemas: Schemas,
  { companions = [], ...limits }: ReadBodyOptions & { companions?: readonly Companion[] },
): Promise<PictureRequest<Schemas>> {
  const texts = new OptionTexts(schemas);
  for (const [name, value] of new URL(request.url).searchParams) texts.add(name, value);
  texts.parse(); // refuses before the body is read
  const type = request.headers.get("content-type") ?? "";
  const body = await readBody(request, limits);
  const isForm = /^multipart\/form-data\b/i.test(type);
  if (!isForm) return { picture: checkPicture(body), options: texts.parse(), files: {} };
  const form = await readForm({ body, type });
  const picture = await readFile(form, "image");
  const files: Companions = {};
  for (const name of companions) if (form.has(name)) files[name] = await readFile(form, name);
  const others = [...form].filter(([name]) => !["image", ...companions].includes(name));
  for (const [name, value] of others) texts.add(name, typeof value === "string" ? value : "a file");
  return { picture, options: texts.parse(), files };
}

/**
 * Options in the service's terms; the format and the signal come from elsewhere.
 * @throws {ProblemError} 422 when they do not go together.
 */
export function pictureOptions(
  fields: ColorizeFields,
): Omit<PictureOptions, "format" | "signal"> {
  const { model, size, vividness, candidates, seed, points, quality } = fields;
  return {
    source: colorSourceOf(fields),
    ...{ model, sizePx: size, vividness, candidates, seed, quality },
    points: points?.map(({ x, y, color, radius }) => {
      const [r, g, b] = [...Uint8Array.fromHex(color.slice(1))] as [number, number, number];
      return { x, y, rgb: [r, g, b], ...(radius !== undefined && { radiusPx: radius }) };
    }),
  };
}

async function readForm(
  { body, type }: { body: Uint8Array<ArrayBuffer>; type: string },
): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new ProblemError(400, "Cannot read the form: it must be multipart/form-data", { cause });
  }
}

async function readFile(form: FormData, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = form.getAll(name);
  const [file] = files;
  if (files.length !== 1 || !(file instanceof File)) {
    const got = file === undefined ? "none" : `${files.length} of kind ${typeof file}`;
    throw new ProblemError(400, `Cannot read the form: field ${name} must be one file, got ${got}`);
  }
  return checkPicture(new Uint8Array(await file.arrayBuffer()), name);
}

function checkPicture(bytes: Uint8Array<ArrayBuffer>, name = "image"): Uint8Array<ArrayBuffer> {
  if (bytes.length > 0) return bytes;
  const called = name === "image" ? "the picture" : name;
  throw new ProblemError(400, `Cannot read ${called}: it is empty`);
}
