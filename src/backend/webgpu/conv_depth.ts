/**
 * WGSL for products whose depth is (kernel row, kernel column, channel): a thread keeps its place
 * among the taps and walks on without dividing. `sides` are the taps down and across.
 */
export const TAPS = `
    struct Tap { row : i32, column : i32, channel : i32 }

    fn tapAt(depth : i32, sides : vec2<i32>, channels : i32) -> Tap {
      let tap = depth / channels;
      let row = tap / max(sides.y, 1);
      return Tap(row, tap - row * sides.y, depth - tap * channels);
    }

    fn walkOn(tap : Tap, by : i32, sides : vec2<i32>, channels : i32) -> Tap {
      var next = Tap(tap.row, tap.column, tap.channel + by);
      while (next.channel >= channels) {
        next.channel -= channels;
        next.column += 1;
        if (next.column >= sides.y) {
          next.column = 0;
          next.row += 1;
        }
      }
      return next;
    }`;

/**
 * WGSL of `fn NAME(place, tap, sides, channels)`: four depths of one line of an operand, the others
 * zero. `NAMEOffset(place, tap)` must give where a value lies in the buffer, negative for none.
 */
export function declareDepthRead(
  name: string,
  { buffer, place, wide }: { buffer: string; place: string; wide: boolean },
): string {
  const head = `fn ${name}(place : ${place}, tap : Tap, sides : vec2<i32>, channels : i32)`;
  if (wide) {
    return `
    ${head} -> vec4<f32> {
      let offset = ${name}Offset(place, tap);
      if (offset < 0 || tap.row >= sides.x) { return vec4<f32>(0.0); }
      return ${buffer}[offset / 4];
    }`;
  }
  return `
    fn ${name}Value(place : ${place}, tap : Tap, sides : vec2<i32>) -> f32 {
      let offset = ${name}Offset(place, tap);
      if (offset < 0 || tap.row >= sides.x) { return 0.0; }
      return ${buffer}[offset];
    }

    ${head} -> vec4<f32> {
      let second = walkOn(tap, 1, sides, channels);
      let third = walkOn(second, 1, sides, channels);
      let fourth = walkOn(third, 1, sides, channels);
      return vec4<f32>(
        ${name}Value(place, tap, sides), ${name}Value(place, second, sides),
        ${name}Value(place, third, sides), ${name}Value(place, fourth, sides),
      );
    }`;
}
