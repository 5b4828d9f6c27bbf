/** Colorizing by a server that runs elsewhere. */
import type { ColorPoint } from "../../src/hint/color_points.ts";
import type { OutputFormat } from "../../src/image/encode.ts";
import { UsageError } from "../command/run.ts";

/** A server, and what lets one in. */
export interface Server {
  /** Ends without a slash. */
  url: string;
  token: string | undefined;
}

/** What is asked of it for a photo. */
export interface RemoteOptions {
  /** None where no network takes part. */
  model: string | undefined;
  /** What the model was trained on when undefined. */
  sizePx: number | undefined;
  vividness: number | undefined;
  points: readonly ColorPoint[];
  candidates: number;
  seed: number;
  format: OutputFormat;
  quality: number | undefined;
  /** Colors by hand or of another picture: further options, and files. */
  source?: Record<string, string | Blob> | undefined;
}

/** A server that is full is asked again, for so long. */
const PATIENCE_SECONDS = 300;

/**
 * Reads the flags' texts.
 * @throws {UsageError} When it is no address of HTTP.
 */
export function parseServer(text: string, token: string | undefined): Server {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `Cannot use --server: must be http://HOST:PORT or https://HOST, got ${text}`,
    );
  }
  return { url: url.href.replace(/\/+$/, ""), token };
}

/**
 * Has a photo colorized; waits where the server says when to come back.
 * @returns The files, one for each candidate.
 * @throws {Error} What the server answers, in its words.
 */
export async function colorizeRemotely(
  server: Server,
  photo: Uint8Array<ArrayBuffer>,
  { model, sizePx, vividness, points, candidates, seed, format, quality, source }: RemoteOptions,
): Promise<Uint8Array[]> {
  const form = formOf(photo, {
    ...{ model, vividness, format, quality, size: sizePx },
    ...pointsField(points),
    ...(candidates > 1 && { candidates }),
    ...((candidates > 1 || source?.reference) && { seed }),
    ...source,
  });
  const response = await post(server, "/v1/colorize", form);
  if (candidates === 1) return [await response.bytes()];
  const parts = [...(await response.formData()).values()] as File[];
  return await Promise.all(parts.map((part) => part.bytes()));
}

/**
 * Asks for the colors that a place may have.
 * @param place Parts of the sides, 0..1.
 * @returns Colors as #rrggbb with their shares, 0..1, the likeliest first.
 * @throws {Error} What the server answers, in its words.
 */
export async function suggestRemotely(
  server: Server,
  photo: Uint8Array<ArrayBuffer>,
  { model, sizePx, points, x, y, count }: Pick<RemoteOptions, "model" | "sizePx" | "points"> & {
    x: number;
    y: number;
    count: number;
  },
): Promise<{ color: string; share: number }[]> {
  const form = formOf(photo, { model, size: sizePx, ...pointsField(points), x, y, count });
  return (await (await post(server, "/v1/suggest", form)).json()).colors;
}

function pointsField(points: readonly ColorPoint[]): { points?: string } {
  if (points.length === 0) return {};
  const list = points.map(({ x, y, rgb, radiusPx }) => ({
    ...{ x, y, color: `#${Uint8Array.from(rgb).toHex()}` },
    ...(radiusPx !== undefined && { radius: radiusPx }),
  }));
  return { points: JSON.stringify(list) };
}

function formOf(photo: Uint8Array<ArrayBuffer>, fields: Record<string, unknown>): FormData {
  const form = new FormData();
  form.set("image", new Blob([photo]));
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    form.set(name, value instanceof Blob ? value : String(value));
  }
  return form;
}

async function post({ url, token }: Server, path: string, body: FormData): Promise<Response> {
  const headers = {
    accept: "multipart/form-data, image/*, */*",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  for (let waitedSeconds = 0;;) {
    const response = await fetch(url + path, { method: "POST", body, headers });
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({})) as { detail?: string };
    const seconds = Number(response.headers.get("retry-after"));
    if (!seconds || waitedSeconds + seconds > PATIENCE_SECONDS) {
      throw new Error(problem.detail ?? `Cannot colorize: ${url} answered ${response.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    waitedSeconds += seconds;
  }
}
