/**
 * The pixels of a split while it is prepared: any image may be written at any time, and after a
 * crash each image is known to be there, whole, or not.
 */
import { crc32 } from "node:zlib";
import { imageBytes } from "./dataset_index.ts";
import { diskError, explainFullDisk, readAt, writeAt } from "./files.ts";

/** State of one image. */
export const RecordState = { missing: 0, stored: 1, unreadable: 2 } as const;

/** One image as it is read back. */
export interface StoredRecord {
  index: number;
  state: number;
  crc32: number;
  /** 8-bit RGB, shape [H * W * 3], of a stored image; overwritten by the next record. */
  rgb: Uint8Array;
}

/** A CRC-32 as the names file shows it: 8 hexadecimal digits. */
export function checksumText(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** Bytes of the state of one image: its state, its CRC-32. */
const STATE_BYTES = 8;

/** Opens or starts a store: `PATH.rgb` holds the pixels, `PATH.state` the states. */
export async function openRecordStore(
  path: string,
  { count, sizePx }: { count: number; sizePx: number },
): Promise<RecordStore> {
  const options = { read: true, write: true, create: true };
  const pixels = await Deno.open(`${path}.rgb`, options);
  const states = await Deno.open(`${path}.state`, options);
  const bytes = imageBytes(sizePx);
  await explainFullDisk(`${path}.rgb`, () => pixels.truncate(count * bytes));
  await explainFullDisk(`${path}.state`, () => states.truncate(count * STATE_BYTES));
  return new RecordStore({ path, pixels, states }, { count, bytes });
}

/** The open files of a store. */
interface StoreFiles {
  path: string;
  pixels: Deno.FsFile;
  states: Deno.FsFile;
}

/** Pixels and state of a split's images, by index. */
export class RecordStore {
  readonly #files: StoreFiles;
  readonly #count: number;
  readonly #rgb: Uint8Array;
  readonly #stateBytes = new Uint8Array(STATE_BYTES);
  readonly #state = new DataView(this.#stateBytes.buffer);
  #open = true;

  /** @param size.bytes Bytes of one image. */
  constructor(files: StoreFiles, { count, bytes }: { count: number; bytes: number }) {
    this.#files = files;
    this.#count = count;
    this.#rgb = new Uint8Array(bytes);
  }

  /** State of an image as last written. */
  state(index: number): number {
    readAt(this.#files.states, index * STATE_BYTES, this.#stateBytes);
    return this.#state.getUint32(0, true);
  }

  write(index: number, rgb: Uint8Array): void {
    this.#explained(() => {
      // Pixels first: a crash in between leaves the image missing, not wrong.
      writeAt(this.#files.pixels, index * this.#rgb.length, rgb);
      this.#setState(index, RecordState.stored, crc32(rgb));
    });
  }

  markUnreadable(index: number): void {
    this.#explained(() => this.#setState(index, RecordState.unreadable, 0));
  }

  /** Goes through all images in order. */
  *records(): Generator<StoredRecord> {
    const rgb = this.#rgb;
    for (let index = 0; index < this.#count; index++) {
      const state = this.state(index);
      const crc = this.#state.getUint32(4, true);
      if (state === RecordState.stored) readAt(this.#files.pixels, index * rgb.length, rgb);
      yield { index, state, crc32: crc, rgb };
    }
  }

  /**
   * Makes a store that a crash may have hit fit to go on: images that do not match their checksum,
   * and those that could not be read, count as missing again.
   * @returns How many images are stored.
   */
  recover(): number {
    let stored = 0;
    for (const { index, state, crc32: crc, rgb } of this.records()) {
      if (state === RecordState.missing) continue;
      if (state === RecordState.stored && crc32(rgb) === crc) stored++;
      else this.#setState(index, RecordState.missing, 0);
    }
    return stored;
  }

  /** Makes what was written safe against power loss. */
  async sync(): Promise<void> {
    await this.#files.pixels.syncData();
    await this.#files.states.syncData();
  }

  /** May be called again. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#files.pixels.close();
    this.#files.states.close();
  }

  #setState(index: number, state: number, crc: number): void {
    this.#state.setUint32(0, state, true);
    this.#state.setUint32(4, crc, true);
    writeAt(this.#files.states, index * STATE_BYTES, this.#stateBytes);
  }

  #explained(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw diskError(`${this.#files.path}.rgb`, error);
    }
  }
}
