/** Tab-separated text files, read and written as a stream. */
import { explainFullDisk, writeFully } from "./files.ts";

const WRITE_BYTES = 1 << 16;

/** Reads a file line by line, in constant memory; a file that is not there has no lines. */
export async function* readRows(path: string): AsyncGenerator<string[]> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield parseRow(line);
  }
}

/** A row of a line without its line break. */
export function parseRow(line: string): string[] {
  return line.split("\t").map((field) =>
    field.includes("\\") ? JSON.parse(`"${field}"`) as string : field
  );
}

/** The line of a row, line break included; tabs and line breaks in fields are escaped as in JSON. */
export function formatRow(fields: readonly string[]): string {
  const escaped = fields.map((field) =>
    // deno-lint-ignore no-control-regex
    /[\x00-\x1f"\\]/.test(field) ? JSON.stringify(field).slice(1, -1) : field
  );
  return `${escaped.join("\t")}\n`;
}

/** Writes rows to a new file. */
export interface RowWriter {
  write(fields: readonly string[]): Promise<void>;
  /** Writes the rest, safe against power loss, and closes the file. */
  finish(): Promise<void>;
  /** Closes the file as it is, when the rows are not wanted any more. */
  [Symbol.dispose](): void;
}

/** Starts a file of rows; whatever the path held is replaced. */
export async function createRows(path: string): Promise<RowWriter> {
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let pending = "";
  let open = true;
  const flush = () =>
    explainFullDisk(path, () => {
      writeFully(file, encoder.encode(pending));
      pending = "";
    });
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return {
    write: async (fields) => {
      pending += formatRow(fields);
      if (pending.length >= WRITE_BYTES) await flush();
    },
    finish: async () => {
      await flush();
      await file.sync();
      close();
    },
    [Symbol.dispose]: close,
  };
}
