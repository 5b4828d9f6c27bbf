/** The planes of ab that a network predicts. */
export type AbPlanes = "ab" | "a" | "b";

/** The report's family: strided encoder, dense layers on the channel axis, decoder with upsampling. */
export interface EncoderDecoderConfig {
  kind: "encoder-decoder";
  planes: AbPlanes;
  /** Filters of the encoder's and the decoder's 3x3 convolutions, and units of the dense layers. */
  encoder: number[];
  dense: number[];
  decoder: number[];
  /** Strides of 2 in the encoder and nearest upsampling in the decoder; otherwise full resolution. */
  strided: boolean;
  batchNorm: boolean;
  /** Share of activations dropped after each dense layer but the last; 0 for none. */
  dropout: number;
}

/** 3x3 convolutions at full resolution, each followed by batch norm. */
export interface PlainCnnConfig {
  kind: "plain-cnn";
  filters: number[];
}

/** Two encoder-decoders that share nothing but the input: one predicts a, the other b. */
export interface PairConfig {
  kind: "pair";
  part: Omit<EncoderDecoderConfig, "kind" | "planes">;
}

/** Encoder and decoder of a U-Net: levels of half the size each, joined by skips. */
export interface UNetShape {
  /** Filters of each level, finest first. */
  widths: number[];
  /** Further 3x3 convolutions of each level on the way down, after the one that enters it. */
  encoderConvs: number[];
  /** 3x3 convolutions of each level but the last on the way up, after the skip has joined. */
  decoderConvs: number[];
  /** Stride of the first convolution: the finest level has 1 / stride of the picture's sides. */
  firstStride: 1 | 2;
  /** Batch norm behind each convolution. */
  batchNorm: boolean;
}

/** A U-Net that predicts one color per pixel. */
export interface UNetConfig extends UNetShape {
  kind: "u-net";
}

/** A U-Net that predicts a distribution over ab bins at half resolution, and takes color hints. */
export interface PaletteConfig extends Omit<UNetShape, "firstStride"> {
  kind: "palette";
}

/** The network of "Colorful Image Colorization": a distribution over 313 ab bins. */
export interface Eccv16Config {
  kind: "eccv16";
  /** Filters of the first block, 64 in the paper; the others have a multiple of it. */
  width: number;
  /** By which logits are divided before their mean color is taken, above 0. */
  temperature: number;
  /** Whether training gives rare colors the weight of common ones; it does unless told. */
  rebalanced?: boolean;
}

/** The network of "Real-Time User-Guided Image Colorization", which takes color hints. */
export interface Siggraph17Config {
  kind: "siggraph17";
  /** Filters of the first block, 64 in the paper; the others have a multiple of it. */
  width: number;
}

/** The same color everywhere: a trivial predictor to compare with. Units of CIELAB. */
export interface ConstantConfig {
  kind: "constant";
  a: number;
  b: number;
}

/** Everything that fixes an architecture. */
export type NetworkConfig =
  | EncoderDecoderConfig
  | PlainCnnConfig
  | PairConfig
  | UNetConfig
  | PaletteConfig
  | Eccv16Config
  | Siggraph17Config
  | ConstantConfig;

/**
 * Checks a configuration that was read from a file.
 * @throws {TypeError} When a field is missing or of the wrong kind, naming it.
 */
export function parseNetworkConfig(value: unknown): NetworkConfig {
  const config = record(value, "network");
  switch (config.kind) {
    case "encoder-decoder":
      oneOf(config, "planes", ["ab", "a", "b"]);
      checkEncoderDecoder(config);
      break;
    case "pair":
      checkEncoderDecoder(record(config.part, "network.part"));
      break;
    case "plain-cnn":
      positiveIntegers(config, "filters");
      break;
    case "u-net":
      checkUNet(config);
      if (config.firstStride !== 1 && config.firstStride !== 2) {
        refuse("firstStride", "be 1 or 2", config.firstStride);
      }
      break;
    case "palette":
      checkUNet(config);
      break;
    case "eccv16":
    case "siggraph17":
      checkZhang(config);
      break;
    case "constant":
      for (const plane of ["a", "b"]) finite(config, plane);
      break;
    default:
      throw new TypeError(
        `Cannot read network: kind must be encoder-decoder, plain-cnn, pair, u-net, palette, ` +
          `eccv16, siggraph17 or constant, got ${JSON.stringify(config.kind)}`,
      );
  }
  return value as NetworkConfig;
}

type Fields = Record<string, unknown>;

function checkEncoderDecoder(config: Fields): void {
  for (const name of ["encoder", "dense", "decoder"]) positiveIntegers(config, name);
  for (const name of ["strided", "batchNorm"]) trueOrFalse(config, name);
  finite(config, "dropout");
  if (Number(config.dropout) < 0 || Number(config.dropout) >= 1) {
    refuse("dropout", "lie in 0..1, 1 excluded", config.dropout);
  }
  if (config.strided && (config.encoder as []).length !== (config.decoder as []).length) {
    refuse("decoder", "be as long as encoder when strided", config.decoder);
  }
}

function checkUNet(config: Fields): void {
  positiveIntegers(config, "widths");
  trueOrFalse(config, "batchNorm");
  const levels = (config.widths as number[]).length;
  for (const [name, length] of [["encoderConvs", levels], ["decoderConvs", levels - 1]] as const) {
    const value = config[name];
    const valid = Array.isArray(value) && value.length === length &&
      value.every((item) => Number.isInteger(item) && item >= 0);
    if (!valid) refuse(name, `be ${length} whole numbers, 0 or more`, value);
  }
}

function checkZhang(config: Fields): void {
  if (!Number.isInteger(config.width) || Number(config.width) < 1) {
    refuse("width", "be a whole number, 1 or more", config.width);
  }
  if (config.kind !== "eccv16") return;
  const { temperature } = config;
  if (!(Number.isFinite(temperature) && Number(temperature) > 0)) {
    refuse("temperature", "be a number above 0", temperature);
  }
  if (config.rebalanced !== undefined) trueOrFalse(config, "rebalanced");
}

function record(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null) refuse(name, "be an object", value);
  return value as Fields;
}

function oneOf(config: Fields, name: string, choices: string[]): void {
  if (!choices.includes(config[name] as string)) {
    refuse(name, `be one of ${choices.join(", ")}`, config[name]);
  }
}

function trueOrFalse(config: Fields, name: string): void {
  if (typeof config[name] !== "boolean") refuse(name, "be true or false", config[name]);
}

function positiveIntegers(config: Fields, name: string): void {
  const value = config[name];
  const valid = Array.isArray(value) && value.length > 0 &&
    value.every((item) => Number.isInteger(item) && item > 0);
  if (!valid) refuse(name, "be a list of positive whole numbers", value);
}

function finite(config: Fields, name: string): void {
  if (!Number.isFinite(config[name])) refuse(name, "be a number", config[name]);
}

function refuse(name: string, rule: string, value: unknown): never {
  throw new TypeError(`Cannot read network: ${name} must ${rule}, got ${JSON.stringify(value)}`);
}
