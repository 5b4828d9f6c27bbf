/** Several pictures in one answer. */
import { zipSync } from "fflate";
import { mediaType, type OutputFormat } from "../image/encode.ts";
import { joinBytes } from "./join_bytes.ts";

/** Content type and body of an answer. */
export interface Packed {
  type: string;
  body: Uint8Array<ArrayBuffer>;
}

/**
 * Parts of a multipart body, each with its own type and a name.
 * @param options.subtype `form-data` is what browsers can take apart.
 * @param options.boundary What no picture contains.
 */
export function packMultipart(
  files: readonly Uint8Array[],
  format: OutputFormat,
  { subtype, boundary }: { subtype: "mixed" | "form-data"; boundary: string },
): Packed {
  const text = new TextEncoder();
  const parts = files.flatMap((file, i) => [
    text.encode(
      `--${boundary}\r\ncontent-type: ${mediaType(format)}\r\n` +
        `content-disposition: ${dispositionOf(i, subtype)}; filename="${
          nameOf(i, format)
        }"\r\n\r\n`,
    ),
    file,
    text.encode("\r\n"),
  ]);
  const body = joinBytes([...parts, text.encode(`--${boundary}--\r\n`)]);
  return { type: `multipart/${subtype}; boundary=${boundary}`, body };
}

/** A ZIP of the files, stored: pictures do not get smaller. */
export function packZip(files: readonly Uint8Array[], format: OutputFormat): Packed {
  const entries = files.map((file, i) => [nameOf(i, format), file]);
  // A fixed date: the same pictures give the same bytes.
  const body = zipSync(Object.fromEntries(entries), { level: 0, mtime: "1980-01-01T00:00:00" });
  return { type: "application/zip", body: body as Uint8Array<ArrayBuffer> };
}

function dispositionOf(index: number, subtype: "mixed" | "form-data"): string {
  return subtype === "mixed" ? "attachment" : `form-data; name="candidate-${index + 1}"`;
}

function nameOf(index: number, format: OutputFormat): string {
  return `candidate-${index + 1}.${format === "jpeg" ? "jpg" : format}`;
}
