/** Names and layouts of the two networks of Zhang et al., in PyTorch and here. */
import { listed } from "./weights_for.ts";
import type { NamedArray } from "../../src/network/safetensors.ts";

/** The networks that can be imported. */
export type ZhangKind = "eccv16" | "siggraph17";

/** A module of PyTorch's network and the layer that it is here. */
interface Module {
  torch: string;
  layer: string;
  /** How its kernel lies in PyTorch; none for a batch norm. */
  kernel?: "conv" | "transposed";
}

/**
 * Brings a checkpoint's tensors into our names and layouts.
 * @throws {RangeError} When one is missing, extra, or has another number of axes, naming all of them.
 */
export function mapZhangWeights(
  kind: ZhangKind,
  tensors: ReadonlyMap<string, NamedArray>,
): Map<string, NamedArray> {
  const arrays = new Map<string, NamedArray>();
  const used = new Set<string>();
  const problems: string[] = [];
  const take = (torch: string, name: string, axes: number) => {
    const tensor = tensors.get(torch);
    used.add(torch);
    if (!tensor) problems.push(`${torch} is missing`);
    else if (tensor.shape.length !== axes || tensor.shape.some((side) => side < 1)) {
      problems.push(`${torch} must have ${axes} axes of 1 or more, got [${tensor.shape}]`);
    } else arrays.set(name, { ...tensor, name });
  };
  for (const { torch, layer, kernel } of modulesOf(kind)) {
    if (kernel === undefined) {
      for (const [from, to] of NORM_NAMES) take(`${torch}.${from}`, `${layer}/${to}`, 1);
      continue;
    }
    take(`${torch}.weight`, `${layer}/kernel`, 4);
    if (layer !== "ab") take(`${torch}.bias`, `${layer}/bias`, 1);
    const given = arrays.get(`${layer}/kernel`);
    if (given) arrays.set(`${layer}/kernel`, channelsLast(given));
  }
  const extra = [...tensors.keys()].filter((name) => !used.has(name) && !isCounter(name));
  problems.push(...extra.map((name) => `${JSON.stringify(name)} is extra`));
  if (problems.length === 0) return arrays;
  throw new RangeError(`Cannot import ${kind}: ${listed(problems)}`);
}

/** Batch norm of PyTorch counts its batches, which no prediction needs. */
function isCounter(name: string): boolean {
  return name.endsWith(".num_batches_tracked");
}

const NORM_NAMES = [
  ["weight", "gamma"],
  ["bias", "beta"],
  ["running_mean", "moving_mean"],
  ["running_var", "moving_variance"],
] as const;

/** Convolutions of blocks 1 to 7. */
const BLOCK_CONVS = [2, 2, 3, 3, 3, 3, 3];

function modulesOf(kind: ZhangKind): Module[] {
  // A block is convolutions, each followed by its activation, then the norm.
  const blocks = BLOCK_CONVS.flatMap((convs, i): Module[] => [
    ...Array.from({ length: convs }, (_, conv) => ({
      torch: `model${i + 1}.${2 * conv}`,
      layer: `conv${i + 1}_${conv + 1}`,
      kernel: "conv" as const,
    })),
    { torch: `model${i + 1}.${2 * convs}`, layer: `bn${i + 1}` },
  ]);
  return [...blocks, ...(kind === "eccv16" ? ECCV16_END : SIGGRAPH17_END)];
}

const ECCV16_END: Module[] = [
  { torch: "model8.0", layer: "conv8_1", kernel: "transposed" },
  { torch: "model8.2", layer: "conv8_2", kernel: "conv" },
  { torch: "model8.4", layer: "conv8_3", kernel: "conv" },
  { torch: "model8.6", layer: "bins", kernel: "conv" },
  { torch: "model_out", layer: "ab", kernel: "conv" },
];

const SIGGRAPH17_END: Module[] = [
  { torch: "model8up.0", layer: "conv8_1", kernel: "transposed" },
  { torch: "model3short8.0", layer: "skip8", kernel: "conv" },
  { torch: "model8.1", layer: "conv8_2", kernel: "conv" },
  { torch: "model8.3", layer: "conv8_3", kernel: "conv" },
  { torch: "model8.5", layer: "bn8" },
  { torch: "model9up.0", layer: "conv9_1", kernel: "transposed" },
  { torch: "model2short9.0", layer: "skip9", kernel: "conv" },
  { torch: "model9.1", layer: "conv9_2", kernel: "conv" },
  { torch: "model9.3", layer: "bn9" },
  { torch: "model10up.0", layer: "conv10_1", kernel: "transposed" },
  { torch: "model1short10.0", layer: "skip10", kernel: "conv" },
  { torch: "model10.1", layer: "conv10_2", kernel: "conv" },
  { torch: "model_class.0", layer: "bins", kernel: "conv" },
  { torch: "model_out.0", layer: "output", kernel: "conv" },
];

/**
 * PyTorch's kernels have the sides last, ours first: [out, in, Kh, Kw] to [Kh, Kw, in, out], and a
 * transposed convolution's [in, out, Kh, Kw] to [Kh, Kw, out, in].
 */
function channelsLast({ name, shape, values }: NamedArray): NamedArray {
  const [first, second, height, width] = shape as [number, number, number, number];
  const sides = height * width;
  const moved = new Float32Array(values.length);
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      for (let tap = 0; tap < sides; tap++) {
        moved[(tap * second + j) * first + i] = values[(i * second + j) * sides + tap]!;
      }
    }
  }
  return { name, shape: [height, width, second, first], values: moved };
}
