/** What the server and a picture process say to each other; pictures' pixels never cross. */
import type { ColorizeOptions } from "../../colorize/colorize_image.ts";
import type { OutputFormat } from "../../image/encode.ts";
import type { ImageErrorReason } from "../../image/errors.ts";
import type { ImageLimits } from "../../image/limits.ts";
import type { SizePx } from "../../image/resize.ts";
import type { Way } from "./ways.ts";

/** How a picture is to be looked at. */
export interface OpenOptions {
  limits: Partial<ImageLimits>;
  /** Short side of the copy that a network sees. */
  sizePx: number;
  /** Whether it takes closer looks, too. */
  closer?: boolean | undefined;
  /** A copy that would have more is smaller. */
  maxCopyPixels?: number | undefined;
  points?: ColorizeOptions["points"] | undefined;
  /** Where its colors come from; a network when left out. */
  way?: Way | undefined;
}

/** How colors become a file. */
export interface PaintOptions {
  format: OutputFormat;
  /** 1..100; the format's own when left out. */
  quality?: number | undefined;
  /** Whether the picture is then done with; another one can be painted else. */
  isLast: boolean;
}

/** Sent by the server. */
export type Request =
  /** Body: the picture's bytes, then those of strokes or a reference when the way needs them. */
  | ({ kind: "open"; pictureBytes: number } & OpenOptions)
  /** Body: L* of the small planes, then a*, b*, as 32-bit floats; nothing without planes. */
  | ({ kind: "paint"; small?: SizePx | undefined } & PaintOptions);

/** Sent by the process, one for each request. */
export type Reply = Answer & {
  /** Resident memory of the process. */
  memoryBytes: number;
};

/** What a request led to. */
export type Answer =
  /**
   * Body: L* of the small copy, then the hints when there are any, and L* of closer looks; of copies
   * that are to be compared L* of the picture's, L* and a*, b* of the reference's. 32-bit floats.
   */
  | {
    kind: "opened";
    small: SizePx;
    full: SizePx;
    hasHints: boolean;
    hasCloser: boolean;
    compared?: { target: SizePx; source: SizePx } | undefined;
    ms: StageMs;
  }
  /** Body: the file. */
  | { kind: "painted"; ms: StageMs }
  | { kind: "refused"; reason: ImageErrorReason | "option"; message: string }
  | { kind: "failed"; message: string };

/** Durations by stage. */
export type StageMs = Partial<Record<"decode" | "prepare" | "paint" | "encode", number>>;

/** Whole floats of a body, whose buffer is its own. */
export function floatsOf(body: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return new Float32Array(body.buffer, 0, body.byteLength / 4);
}

/** Bytes of floats, without a copy. */
export function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}
