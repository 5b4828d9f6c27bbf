/** Reads the values of a pickle, little-endian, none of them beyond the end. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  take(count: number): Uint8Array {
    if (!(count >= 0 && this.at + count <= this.#bytes.length)) {
      throw new SyntaxError(
        `Cannot read pickle: must have ${count} more bytes at ${this.at}, got ${
          this.#bytes.length - this.at
        }`,
      );
    }
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint(bytes: 1 | 2 | 4): number {
    const start = this.at;
    this.take(bytes);
    if (bytes === 1) return this.#view.getUint8(start);
    return bytes === 2 ? this.#view.getUint16(start, true) : this.#view.getUint32(start, true);
  }

  int32(): number {
    return this.uint(4) | 0;
  }

  float64(): number {
    const start = this.at;
    this.take(8);
    return this.#view.getFloat64(start, false); // the only big-endian value of the format
  }

  text(bytes: number): string {
    return new TextDecoder("utf-8", { fatal: true }).decode(this.take(bytes));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    const line = this.text((end < 0 ? Infinity : end) - this.at);
    this.at = end + 1;
    return line;
  }

  /** A two's complement number of any length. */
  long(bytes: number): number | bigint {
    let value = 0n;
    for (const byte of [...this.take(bytes)].reverse()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * bytes, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }
}
