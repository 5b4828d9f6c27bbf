/** Who colorizes: a device of this machine, or a server. */
import type { Image } from "imagescript";
import { type BackendChoice, startBackend } from "../../src/backend/start.ts";
import { colorizeCandidates, colorizeImage } from "../../src/colorize/colorize_image.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { drawUncertainty, suggestAt } from "../../src/colorize/uncertainty.ts";
import { decodeImage } from "../../src/image/decode.ts";
import type { Rectangle } from "../../src/hint/swatch.ts";
import { encodeImage, type OutputFormat } from "../../src/image/encode.ts";
import { checkBytes, DEFAULT_LIMITS } from "../../src/image/limits.ts";
import { textFlag } from "../command/flags.ts";
import { type Arguments, UsageError } from "../command/run.ts";
import { readTokens } from "../command/tokens.ts";
import type { HandOptions } from "./hand_flags.ts";
import type { PaletteOptions } from "./palette_flags.ts";
import type { ReferenceOptions } from "./reference_flags.ts";
import { colorizeRemotely, parseServer, type RemoteOptions, suggestRemotely } from "./remote.ts";

/** Turns photos into files. */
export interface Colorizer {
  /** Colorizes a photo; one file for each candidate, and a map where it is asked for. */
  colorize(path: string, format: OutputFormat): Promise<{ files: Uint8Array[]; map?: Uint8Array }>;
  /** The colors that a pixel may have, the likeliest first. */
  suggest(
    path: string,
    place: { x: number; y: number; count: number },
  ): Promise<{ color: string; share: number }[]>;
  /** Throws when nothing more can succeed. */
  check(): void;
}

/** The same for every photo. */
export interface ColorizerSettings {
  /** What the model was trained on when undefined. */
  sizePx: number | undefined;
  quality: number | undefined;
  palette: PaletteOptions;
}

/** Colors by hand or of another picture, where the flags ask for them. */
export interface SourceOptions {
  hand: HandOptions | undefined;
  reference: ReferenceOptions | undefined;
}

/** What colorizes where no model is named. */
export const DEFAULT_MODEL = "palette";

/** The model that `--model` names. */
export function modelName(args: Arguments): string {
  return textFlag(args, "model") ?? DEFAULT_MODEL;
}

/** Starts a device and loads the model that the flags name. */
export async function localColorizer(
  args: Arguments,
  { backend, sizePx, quality, palette }: ColorizerSettings & { backend: BackendChoice },
): Promise<Colorizer> {
  const device = await startBackend(backend);
  console.error(`device: ${device.description} (${device.reason})`);
  const model = await loadModel(textFlag(args, "models")!, modelName(args));
  const { vividness, points, candidates: count, seed, uncertainty } = palette;
  const sized = { points, ...(sizePx !== undefined && { sizePx }) };
  const options = { ...sized, ...(vividness !== undefined && { vividness }) };
  return {
    async colorize(path, format) {
      const image = await readPhoto(path);
      const pictures = count > 1
        ? await colorizeCandidates(image, model, { ...options, count, seed })
        : [await colorizeImage(image, model, options)];
      const map = uncertainty ? await drawUncertainty(image, model, options) : undefined;
      device.check();
      device.trim();
      const files: Uint8Array[] = [];
      for (const picture of pictures) {
        files.push(await encodeImage(picture, { format, ...(quality && { quality }) }));
      }
      return { files, ...(map && { map: await encodeImage(map, { format: "png" }) }) };
    },
    async suggest(path, place) {
      const image = await readPhoto(path);
      const colors = await suggestAt(image, model, { ...place, ...sized });
      device.check();
      return colors.map(({ rgb, share }) => ({ color: `#${Uint8Array.from(rgb).toHex()}`, share }));
    },
    check: () => device.check(),
  };
}

/**
 * A server that runs elsewhere.
 * @param url Of the flag `--server`.
 * @throws {UsageError} When a flag does not go with a server.
 */
export async function remoteColorizer(
  args: Arguments,
  { url, sizePx, quality, palette, hand, reference }: ColorizerSettings & SourceOptions & {
    url: string;
  },
): Promise<Colorizer> {
  const tokenFile = textFlag(args, "token-file");
  if (palette.uncertainty) {
    throw new UsageError("Cannot use --uncertainty with --server: it draws no maps");
  }
  const token = tokenFile === undefined ? undefined : (await readTokens(tokenFile))[0];
  const server = parseServer(url, token);
  const source = await sourceFields({ hand, reference });
  const isWithoutModel = hand ? !hand.keepsRest : reference?.transfer === "welsh";
  const model = isWithoutModel ? undefined : modelName(args);
  const options = { ...palette, model, sizePx, quality, source };
  return {
    async colorize(path, format) {
      return {
        files: await colorizeRemotely(server, await readFile(path), { ...options, format }),
      };
    },
    async suggest(path, { x, y, count }) {
      const { width, height } = await readPhoto(path);
      const place = { x: (x + 0.5) / width, y: (y + 0.5) / height, count };
      return await suggestRemotely(server, await readFile(path), { ...options, ...place });
    },
    check: () => {},
  };
}

/** Colors by hand or of another picture, as the server has them. */
async function sourceFields({ hand, reference }: SourceOptions): Promise<RemoteOptions["source"]> {
  if (hand) {
    const { method, keepsRest, strokesPath } = hand;
    const strokes = strokesPath === undefined ? undefined : new Blob([await readFile(strokesPath)]);
    return { method, keep_rest: String(keepsRest), ...(strokes && { strokes }) };
  }
  if (!reference) return {};
  const part = ({ x, y, widthPx, heightPx }: Rectangle) => [x, y, widthPx, heightPx];
  const swatches = reference.swatches.map(({ target, source }) => ({
    target: part(target),
    reference: part(source),
  }));
  return {
    reference: new Blob([await readFile(reference.path)]),
    transfer: reference.transfer,
    ...(swatches.length > 0 && { swatches: JSON.stringify(swatches) }),
  };
}

/**
 * Reads a picture that is no larger than our limits.
 * @throws {ImageError} When it is no picture, naming it.
 */
export async function readPhoto(path: string): Promise<Image> {
  return await decodeImage(await readFile(path), { name: path });
}

async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  checkBytes(path, (await Deno.stat(path)).size, DEFAULT_LIMITS); // before it is in memory
  return await Deno.readFile(path);
}
