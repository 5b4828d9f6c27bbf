/** Requests to a server, most of them wrong in some way. */
import fc from "fast-check";
import { mutate, type Random, randomOf } from "./mutate.ts";

/** One request. */
export interface FuzzRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | FormData | string | undefined;
}

const OPTIONS = [
  ...["model", "size", "vividness", "candidates", "seed", "points", "format", "quality", "timeout"],
  ...["x", "y", "count", "image", "unknown"],
];

/** Values that are right, nearly right, and wrong. */
const value = fc.oneof(
  fc.constantFrom(
    "palette",
    "gray",
    "64",
    "0.5",
    "1",
    "0",
    "2",
    "png",
    "jpeg",
    "webp",
    "-1",
    "NaN",
  ),
  fc.constantFrom(
    "[]",
    '[{"x":1,"y":2,"color":"#aabbcc"}]',
    '[{"x":1e308,"y":-1}]',
    "[[[[[[",
    "null",
  ),
  fc.string({ maxLength: 30 }),
  fc.integer().map(String),
  fc.double().map(String),
);

const query = fc.dictionary(fc.constantFrom(...OPTIONS), value, { maxKeys: 4 });

const accept = fc.constantFrom(
  ...[
    "*/*",
    "image/png",
    "image/webp;q=0.5, image/*",
    "text/html",
    "application/zip",
    "multipart/form-data",
  ],
  ...["", ";;;", "image/png;q=9"],
);

const shape = fc.record({
  kind: fc.constantFrom("raw", "raw", "raw", "form", "suggest", "hf", "v2", "cog", "path"),
  query,
  accept,
  type: fc.constantFrom(
    "image/jpeg",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/json",
  ),
  json: fc.json({ maxDepth: 3 }),
  path: fc.webPath({ size: "small" }),
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
  isDamaged: fc.constantFrom(true, true, true, false),
});

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/**
 * Makes requests.
 * @param pictures Files to send, whole or damaged.
 * @param options.seed The same requests for the same seed.
 */
export function makeRequests(
  pictures: readonly Uint8Array<ArrayBuffer>[],
  { runs, seed }: { runs: number; seed: number },
): FuzzRequest[] {
  const random = randomOf(seed);
  return fc.sample(shape, { numRuns: runs, seed }).map((drawn) => {
    const whole = pictures[Math.floor(random() * pictures.length)]!;
    return requestOf(drawn, drawn.isDamaged ? mutate(whole, random) : whole, random);
  });
}

function requestOf(drawn: Shape, picture: Uint8Array<ArrayBuffer>, random: Random): FuzzRequest {
  const { kind, accept, type, json } = drawn;
  const headers = { accept };
  const query = new URLSearchParams(random() < 0.5 ? drawn.query : {});
  const post = (path: string, body: FuzzRequest["body"], more: Record<string, string> = {}) => ({
    ...{ path, body, method: "POST" },
    headers: { ...headers, ...more },
  });
  const base64 = picture.toBase64();
  switch (kind) {
    case "raw":
      return post(`/v1/colorize?${query}`, picture, { "content-type": type });
    case "form":
      return post("/v1/colorize", formOf(drawn, picture));
    case "suggest":
      return post(`/v1/suggest?x=0.5&y=0.5&${query}`, picture);
    case "hf":
      return random() < 0.5
        ? post("/hf", picture, { "content-type": "image/png" })
        : post("/hf/palette", `{"inputs":"${base64}","parameters":${json}}`, {
          "content-type": "application/json",
        });
    case "v2":
      return post(
        "/v2/models/palette/infer",
        `{"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"data":["${base64}"]}],"parameters":${json}}`,
      );
    case "cog":
      return post("/predictions", `{"input":{"image":"${base64}","vividness":${json}}}`);
    default:
      return { path: drawn.path || "/", method: drawn.method, headers, body: undefined };
  }
}

function formOf({ query }: Shape, picture: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.set("image", new Blob([picture]));
  for (const [name, value] of Object.entries(query)) form.append(name, value);
  return form;
}
