import type { PictureOptions } from "./service.ts";
import {
  type ColorizeFields,
  type FieldsOf,
  type OptionSchemas,
  OptionTexts,
} from "./colorize_options.ts";
import { ProblemError } from "./problem.ts";
import { readBody, type ReadBodyOptions } from "./read_body.ts";

/** A picture, and what a client wants of it. */
export interface PictureRequest<Schemas extends OptionSchemas> {
  picture: Uint8Array<ArrayBuffer>;
  options: FieldsOf<Schemas>;
}

/**
 * Reads a picture and options. The picture is the raw body, whatever its content type, or the field
 * `image` of a multipart form; options are query parameters or further fields of the form.
 * @throws {ProblemError} 400 when there is no picture, 413 when the body is over the limit, 422 when
 * an option does not fit.
 * @throws {unknown} The signal's reason.
 */
export async function readPictureRequest<Schemas extends OptionSchemas>(
  request: Request,
  schemas: Schemas,
  limits: ReadBodyOptions,
): Promise<PictureRequest<Schemas>> {
  const texts = new OptionTexts(schemas);
  for (const [name, value] of new URL(request.url).searchParams) texts.add(name, value);
  texts.parse(); // refuses before the body is read
  const type = request.headers.get("content-type") ?? "";
  const body = await readBody(request, limits);
  const isForm = /^multipart\/form-data\b/i.test(type);
  const picture = isForm
    ? await readForm({ body, type }, (name, value) => texts.add(name, value))
    : body;
  if (picture.length === 0) throw new ProblemError(400, "Cannot read the picture: it is empty");
  return { picture, options: texts.parse() };
}

/** Options in the service's terms; the format and the signal come from elsewhere. */
export function pictureOptions(
  { model, size, vividness, candidates, seed, points, quality }: ColorizeFields,
): Omit<PictureOptions, "format" | "signal"> {
  return {
    ...{ model, sizePx: size, vividness, candidates, seed, quality },
    points: points?.map(({ x, y, color, radius }) => {
      const [r, g, b] = [...Uint8Array.fromHex(color.slice(1))] as [number, number, number];
      return { x, y, rgb: [r, g, b], ...(radius !== undefined && { radiusPx: radius }) };
    }),
  };
}

async function readForm(
  { body, type }: { body: Uint8Array<ArrayBuffer>; type: string },
  addOption: (name: string, value: string) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let form: FormData;
  try {
    form = await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw new ProblemError(400, "Cannot read the form: it must be multipart/form-data", { cause });
  }
  const pictures = form.getAll("image");
  const [picture] = pictures;
  if (pictures.length !== 1 || !(picture instanceof File)) {
    const got = picture === undefined ? "none" : `${pictures.length} of kind ${typeof picture}`;
    throw new ProblemError(400, `Cannot read the form: field image must be one file, got ${got}`);
  }
  for (const [name, value] of form) {
    if (name !== "image") addOption(name, typeof value === "string" ? value : "a file");
  }
  return new Uint8Array(await picture.arrayBuffer());
}
