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

/** Pixels and state of a split's images, by index. */
export interface RecordStore {
  /** State of an image as last written. */
  state(index: number): number;
  write(index: number, rgb: Uint8Array): void;
  markUnreadable(index: number): void;
  /** Goes through all images in order. */
  records(): Generator<StoredRecord>;
  /**
   * Makes a store that a crash may have hit fit to go on: images that do not match their checksum,
   * and those that could not be read, count as missing again.
   * @returns How many images are stored.
   */
  recover(): number;
  /** Makes what was written safe against power loss. */
  sync(): Promise<void>;
  /** May be called again. */
  close(): void;
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
  const state = new DataView(new ArrayBuffer(STATE_BYTES));
  const stateBytes = new Uint8Array(state.buffer);
  const guard = (action: () => void) => {
    try {
      action();
    } catch (error) {
      throw diskError(`${path}.rgb`, error);
    }
  };
  const setState = (index: number, value: number, crc: number) => {
    state.setUint32(0, value, true);
    state.setUint32(4, crc, true);
    writeAt(states, index * STATE_BYTES, stateBytes);
  };
  const readState = (index: number) => {
    readAt(states, index * STATE_BYTES, stateBytes);
    return state.getUint32(0, true);
  };
  const rgb = new Uint8Array(bytes);
  let open = true;
  function* records(): Generator<StoredRecord> {
    for (let index = 0; index < count; index++) {
      const value = readState(index);
      const crc = state.getUint32(4, true);
      if (value === RecordState.stored) readAt(pixels, index * bytes, rgb);
      yield { index, state: value, crc32: crc, rgb };
    }
  }
  return {
    state: readState,
    write: (index, rgb) =>
      guard(() => {
        // Pixels first: a crash in between leaves the image missing, not wrong.
        writeAt(pixels, index * bytes, rgb);
        setState(index, RecordState.stored, crc32(rgb));
      }),
    markUnreadable: (index) => guard(() => setState(index, RecordState.unreadable, 0)),
    records,
    recover: () => {
      let stored = 0;
      for (const record of records()) {
        if (record.state === RecordState.missing) continue;
        if (record.state === RecordState.stored && crc32(rgb) === record.crc32) stored++;
        else setState(record.index, RecordState.missing, 0);
      }
      return stored;
    },
    sync: async () => {
      await pixels.syncData();
      await states.syncData();
    },
    close: () => {
      if (!open) return;
      open = false;
      pixels.close();
      states.close();
    },
  };
}
