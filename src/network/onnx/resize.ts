import type { OnnxGraph } from "./graph.ts";

/** How a map is enlarged. */
export interface ResizeOptions {
  name: string;
  mode: "nearest" | "linear";
  /**
   * Where a pixel lies: `half_pixel` at its center, as in `tf.image.resizeBilinear` with half pixel
   * centers; `asymmetric` at its corner, as in `tf.layers.upSampling2d`.
   */
  coordinates: "half_pixel" | "asymmetric";
  /** Factors of height and width, or the name of a value that holds all four sizes. */
  scales?: readonly [vertical: number, horizontal: number];
  sizes?: string;
}

/** Adds the enlarging of a map [N, C, H, W]. */
export function resize(
  graph: OnnxGraph,
  input: string,
  { name, mode, coordinates, scales, sizes }: ResizeOptions,
): string {
  const region = ""; // an input that these coordinates leave out
  const factors = scales
    ? graph.floats({ name: `${name}/scales`, shape: [4], values: [1, 1, ...scales] })
    : "";
  return graph.node("Resize", [input, region, factors, ...(sizes ? [sizes] : [])], {
    name,
    attributes: {
      mode,
      coordinate_transformation_mode: coordinates,
      nearest_mode: "floor",
    },
  });
}

/** Enlarges a map bilinearly to the sides of the picture. */
export function enlarge(
  graph: OnnxGraph,
  map: string,
  { picture }: { picture: string },
): string {
  const kept = graph.node("Shape", [map], { name: "enlarge/kept", attributes: { end: 2 } });
  const sides = graph.node("Shape", [picture], { name: "enlarge/sides", attributes: { start: 2 } });
  const attributes = { axis: 0 };
  const sizes = graph.node("Concat", [kept, sides], { name: "enlarge/sizes", attributes });
  return resize(graph, map, { name: "enlarge", mode: "linear", coordinates: "half_pixel", sizes });
}
