import * as tf from "@tensorflow/tfjs";
import { AB_SCALE } from "../color/normalize.ts";
import {
  B_OF,
  G_OF,
  KNEE_ROOT,
  OFFSET,
  R_OF,
  SLOPE,
  WHITE_X,
  WHITE_Z,
} from "../color/lab_formula.ts";
import { ENCODE_KNEE } from "../color/srgb.ts";

/**
 * Converts to sRGB on the device, for losses: `labToRgb` with a gradient. Where a channel is clipped
 * there is none. The caller disposes the result.
 * @param lightness L*, 0..100, shape [N, H, W].
 * @param ab.a a / 128, shape [N, H, W].
 * @param ab.b b / 128, shape [N, H, W].
 * @returns Planes of red, of green and of blue, 0..1, shape [3 * N, H, W].
 */
export function labToRgbPlanes(
  lightness: tf.Tensor3D,
  { a, b }: Record<"a" | "b", tf.Tensor3D>,
): tf.Tensor3D {
  return tf.tidy(() => {
    const fy = tf.div(tf.add(lightness, 16), 116);
    const x = tf.mul(expand(tf.add(fy, tf.mul(a, AB_SCALE / 500))), WHITE_X);
    const y = expand(fy);
    // Cut off at 0 as in `labToRgb`, where a color is too yellow for its lightness.
    const fz = tf.maximum(tf.sub(fy, tf.mul(b, AB_SCALE / 200)), 0);
    const z = tf.mul(expand(fz), WHITE_Z);
    const channels = [R_OF, G_OF, B_OF].map((of) =>
      tf.addN([tf.mul(x, of.x), tf.mul(y, of.y), tf.mul(z, of.z)])
    );
    return encodeSrgb(tf.concat(channels)) as tf.Tensor3D;
  });
}

/** X, Y or Z relative to white. */
function expand(f: tf.Tensor): tf.Tensor {
  const cube = tf.mul(tf.square(f), f);
  return above(f, KNEE_ROOT, { line: tf.div(tf.sub(f, OFFSET), SLOPE), curve: cube });
}

function encodeSrgb(linear: tf.Tensor): tf.Tensor {
  const shown = tf.clipByValue(linear, 0, 1);
  // The power is taken where it counts alone: its slope at 0 is infinite.
  const power = tf.pow(tf.maximum(shown, ENCODE_KNEE), 1 / 2.4);
  const curve = tf.sub(tf.mul(power, 1.055), 0.055);
  return above(shown, ENCODE_KNEE, { line: tf.mul(shown, 12.92), curve });
}

/** The curve above a knee, the line elsewhere; `tf.where` asks for a gradient of the comparison. */
function above(
  x: tf.Tensor,
  knee: number,
  { line, curve }: Record<"line" | "curve", tf.Tensor>,
): tf.Tensor {
  const part = tf.step(tf.sub(x, knee));
  return tf.add(line, tf.mul(part, tf.sub(curve, line)));
}
