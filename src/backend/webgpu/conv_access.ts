/** How our convolution shaders read and write four values at a time. */

const XYZW = ["x", "y", "z", "w"];

/**
 * WGSL of `fn NAME(offset, count)`: up to four neighboring values of a buffer, the others zero.
 * With `wide` the buffer holds vec4s, and offset and count are multiples of 4.
 */
export function declareRead(name: string, buffer: string, wide: boolean): string {
  const body = wide
    ? `if (count > 0) { values = ${buffer}[offset / 4]; }`
    : XYZW.map((xyzw, i) => `if (count > ${i}) { values.${xyzw} = ${buffer}[offset + ${i}]; }`)
      .join("\n");
  return `
    fn ${name}(offset : i32, count : i32) -> vec4<f32> {
      var values = vec4<f32>(0.0);
      ${body}
      return values;
    }`;
}

/** WGSL of `fn NAME(offset, count, values)`, which writes up to four neighboring values. */
export function declareWrite(name: string, buffer: string, wide: boolean): string {
  const body = wide
    ? `if (count > 0) { ${buffer}[offset / 4] = values; }`
    : XYZW.map((xyzw, i) => `if (count > ${i}) { ${buffer}[offset + ${i}] = values.${xyzw}; }`)
      .join("\n");
  return `
    fn ${name}(offset : i32, count : i32, values : vec4<f32>) {
      ${body}
    }`;
}

/** The element of a buffer whose rows have so many channels. */
export function elementOf(channels: number): "f32" | "vec4<f32>" {
  return channels % 4 === 0 ? "vec4<f32>" : "f32";
}
