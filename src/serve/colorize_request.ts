import { ProblemError } from "./problem.ts";
import { readBody } from "./read_body.ts";

/** What a client asks for. */
export interface ColorizeRequest {
  picture: Uint8Array<ArrayBuffer>;
  model: string | undefined;
  /** Short side of the copy that the network sees. */
  sizePx: number | undefined;
}

const OPTIONS = ["model", "size"];
const MIN_SIZE_PX = 8;
/** 16 times the work of the default size, and less than half a second for most pictures. */
const MAX_SIZE_PX = 256;

/**
 * Reads a picture and its options. The picture is the raw body, whatever its content type, or the
 * field `image` of a multipart form; options are query parameters or further fields of the form.
 * @throws {ProblemError} 400 when there is no picture, 413 when the body is over the limit, 422 when
 * an option does not fit.
 */
export async function readColorizeRequest(
  request: Request,
  maxBodyBytes: number,
): Promise<ColorizeRequest> {
  const options = new Map<string, string>();
  for (const [name, value] of new URL(request.url).searchParams) addOption(options, name, value);
  const type = request.headers.get("content-type") ?? "";
  const body = await readBody(request, maxBodyBytes);
  const isForm = /^multipart\/form-data\b/i.test(type);
  const picture = isForm ? await readForm({ body, type }, options) : body;
  if (picture.length === 0) throw new ProblemError(400, "Cannot read the picture: it is empty");
  return { picture, model: modelOption(options), sizePx: sizeOption(options) };
}

async function readForm(
  { body, type }: { body: Uint8Array<ArrayBuffer>; type: string },
  options: Map<string, string>,
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
    if (name !== "image") addOption(options, name, typeof value === "string" ? value : "a file");
  }
  return new Uint8Array(await picture.arrayBuffer());
}

function addOption(options: Map<string, string>, name: string, value: string): void {
  if (!OPTIONS.includes(name)) {
    const known = OPTIONS.join(", ");
    throw new ProblemError(422, `Cannot use option ${name}: must be one of ${known}`);
  }
  if (options.has(name)) {
    throw new ProblemError(422, `Cannot use option ${name}: must be given once`);
  }
  options.set(name, value);
}

function modelOption(options: Map<string, string>): string | undefined {
  const name = options.get("model");
  if (name === "") throw new ProblemError(422, "Cannot use option model: must be a name, got none");
  return name;
}

function sizeOption(options: Map<string, string>): number | undefined {
  const text = options.get("size");
  if (text === undefined) return undefined;
  const sizePx = Number(text);
  if (!/^\d+$/.test(text) || sizePx < MIN_SIZE_PX || sizePx > MAX_SIZE_PX) {
    const range = `${MIN_SIZE_PX} to ${MAX_SIZE_PX}`;
    throw new ProblemError(
      422,
      `Cannot use option size: must be a whole number, ${range}, got ${JSON.stringify(text)}`,
    );
  }
  return sizePx;
}
