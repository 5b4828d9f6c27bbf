import * as tf from "@tensorflow/tfjs";
import { gamutBinCenters } from "../color/gamut_bins.ts";
import { AB_SCALE } from "../color/normalize.ts";
import type {
  ConstantConfig,
  Eccv16Config,
  NetworkConfig,
  PaletteConfig,
  Siggraph17Config,
} from "./config.ts";
import { applyEccv16, predictEccv16 } from "./eccv16.ts";
import { applyEncoderDecoder } from "./encoder_decoder.ts";
import { InitialWeights } from "./layers/initial_weights.ts";
import type { Network } from "./network.ts";
import { applyPalette, PALETTE_CHANNELS, paletteOf, paletteShape } from "./palette.ts";
import { applyPlainCnn } from "./plain_cnn.ts";
import {
  applySiggraph17,
  predictShares,
  predictSiggraph17,
  SIGGRAPH17_BIN_CENTERS,
  SIGGRAPH17_CHANNELS,
  SIGGRAPH17_SUGGESTION_POWER,
} from "./siggraph17.ts";
import { applyUNet, uNetSizeMultiple } from "./u_net.ts";
import { ZHANG_SIZE_MULTIPLE } from "./zhang_blocks.ts";

/**
 * Builds a network with fresh weights. Every network takes any size that `sizeMultiple` divides.
 * @param options.seed Fixes the initial weights; `blank` leaves them at zero, to be loaded.
 */
export function buildNetwork(
  config: NetworkConfig,
  { seed = 0 }: { seed?: number | "blank" } = {},
): Network {
  const initial = new InitialWeights(seed);
  if (config.kind === "constant") return buildConstant(config);
  if (config.kind === "palette") return buildPalette(config, initial);
  if (config.kind === "eccv16") return buildEccv16(config, initial);
  if (config.kind === "siggraph17") return buildSiggraph17(config, initial);
  const lightness = tf.input({ shape: [null, null, 1], name: "lightness" });
  const layers = tf.model({
    inputs: lightness,
    outputs: applyArchitecture(lightness, config, { initial }),
  });
  return {
    config,
    sizeMultiple: sizeMultiple(config),
    parameterCount: layers.countParams(),
    layers,
    takesHints: false,
    predictAb: (input) => predictBothPlanes(layers, input, config),
    dispose: () => void layers.dispose(),
  };
}

/** One color per pixel, from lightness alone. */
type RegressionConfig = Extract<
  NetworkConfig,
  { kind: "encoder-decoder" | "plain-cnn" | "u-net" | "pair" }
>;

function applyArchitecture(
  lightness: tf.SymbolicTensor,
  config: RegressionConfig,
  { initial }: { initial: InitialWeights },
): tf.SymbolicTensor {
  switch (config.kind) {
    case "encoder-decoder":
      return applyEncoderDecoder(lightness, config, { initial });
    case "plain-cnn":
      return applyPlainCnn(lightness, config, { initial });
    case "u-net":
      return applyUNet(lightness, config, { initial });
    case "pair": {
      const halves = (["a", "b"] as const).map((planes, i) =>
        applyEncoderDecoder(lightness, { ...config.part, planes }, {
          initial: initial.at(1000 * i),
          prefix: `${planes}_`,
        })
      );
      return tf.layers.concatenate({ name: "ab" }).apply(halves) as tf.SymbolicTensor;
    }
  }
}

function sizeMultiple(config: RegressionConfig): number {
  if (config.kind === "u-net") return uNetSizeMultiple(config);
  const part = config.kind === "pair" ? config.part : config;
  return "strided" in part && part.strided ? 2 ** part.encoder.length : 1;
}

/** A network of one plane leaves the other one colorless. */
function predictBothPlanes(
  layers: tf.LayersModel,
  lightness: tf.Tensor4D,
  config: NetworkConfig,
): tf.Tensor4D {
  return tf.tidy(() => {
    const planes = layers.apply(lightness, { training: false }) as tf.Tensor4D;
    if (config.kind !== "encoder-decoder" || config.planes === "ab") return planes;
    const other = tf.zerosLike(planes);
    return tf.concat(config.planes === "a" ? [planes, other] : [other, planes], 3);
  });
}

/** Takes hints beside lightness; without any, `predictAb` gives the faithful colors. */
function buildPalette(config: PaletteConfig, initial: InitialWeights): Network {
  const input = tf.input({ shape: [null, null, PALETTE_CHANNELS], name: "lightness_and_hints" });
  const layers = tf.model({ inputs: input, outputs: applyPalette(input, config, { initial }) });
  const palette = paletteOf(layers);
  return {
    config,
    sizeMultiple: uNetSizeMultiple(paletteShape(config)),
    parameterCount: layers.countParams(),
    layers,
    palette,
    distribution: {
      binCenters: gamutBinCenters,
      suggestionPower: 1,
      predictShares: (lightness, hints) =>
        tf.tidy(() => palette.sharesOf(palette.features(lightness, hints))),
    },
    takesHints: true,
    predictAb: (lightness, hints) =>
      palette.predictColors(lightness, { vividness: 0, ...(hints && { hints }) }),
    dispose: () => void layers.dispose(),
  };
}

function buildEccv16(config: Eccv16Config, initial: InitialWeights): Network {
  const lightness = tf.input({ shape: [null, null, 1], name: "lightness" });
  const layers = tf.model({
    inputs: lightness,
    outputs: applyEccv16(lightness, config, { initial }),
  });
  return {
    config,
    sizeMultiple: ZHANG_SIZE_MULTIPLE,
    parameterCount: layers.countParams(),
    layers,
    takesHints: false,
    predictAb: (lightness) => predictEccv16(layers, lightness),
    dispose: () => void layers.dispose(),
  };
}

function buildSiggraph17(config: Siggraph17Config, initial: InitialWeights): Network {
  const channels = SIGGRAPH17_CHANNELS;
  const input = tf.input({ shape: [null, null, channels], name: "lightness_and_hints" });
  const layers = tf.model({ inputs: input, outputs: applySiggraph17(input, config, { initial }) });
  return {
    config,
    sizeMultiple: ZHANG_SIZE_MULTIPLE,
    parameterCount: layers.countParams(),
    layers,
    distribution: {
      binCenters: SIGGRAPH17_BIN_CENTERS,
      suggestionPower: SIGGRAPH17_SUGGESTION_POWER,
      predictShares: (lightness, hints) => predictShares(layers, lightness, hints),
    },
    takesHints: true,
    predictAb: (lightness, hints) => predictSiggraph17(layers, lightness, hints),
    dispose: () => void layers.dispose(),
  };
}

function buildConstant(config: ConstantConfig): Network {
  return {
    config,
    sizeMultiple: 1,
    parameterCount: 0,
    layers: undefined,
    takesHints: false,
    predictAb: (lightness) =>
      tf.tidy(() => {
        const [images, height, width] = lightness.shape;
        const color = tf.tensor1d([config.a / AB_SCALE, config.b / AB_SCALE]);
        return tf.tile(tf.reshape(color, [1, 1, 1, 2]), [images, height, width, 1]) as tf.Tensor4D;
      }),
    dispose: () => {},
  };
}
