/** Weights of classes: how often a run sees the images of each, for pictures that matter more. */

/** How many times an epoch shows the images of each class; `*` is for all classes not named. */
export type ClassWeights = Readonly<Record<string, number>>;

/** More would make an epoch of few images seen over and over. */
const LARGEST = 100;
const OTHERS = "*";

/**
 * Checks weights that were read from a file.
 * @throws {TypeError} When they are no object of numbers 0 to 100, or name no class, naming what is
 * wrong.
 */
export function parseClassWeights(value: unknown): ClassWeights {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).length === 0) {
    throw new TypeError(
      "Cannot read class weights: must be an object of classes and numbers, got " +
        JSON.stringify(value),
    );
  }
  for (const [name, weight] of Object.entries(value)) {
    if (!Number.isFinite(weight) || weight < 0 || weight > LARGEST) {
      throw new TypeError(
        `Cannot read class weights: ${name} must be a number from 0 to ${LARGEST}, got ` +
          JSON.stringify(weight),
      );
    }
  }
  return value as ClassWeights;
}

/**
 * The class of an image: the first folder of its path, or what stands before the number in names of
 * Tiny ImageNet.
 * @param name Name in the prepared data set, as `n01443537_0.JPEG` or `portraits/aunt.jpg`.
 * @returns Empty for an image that belongs to none.
 */
export function classOf(name: string): string {
  const folder = name.indexOf("/");
  if (folder >= 0) return name.slice(0, folder);
  return name.match(/^(n\d{8})_\d+\.JPEG$/)?.[1] ?? "";
}

/**
 * Lists the images of an epoch: of a class of weight 2 each twice, of 0.5 every second one.
 * @param names Of all images of the split, in its order.
 * @param skipped Indices of images that never come and are not counted.
 * @returns Indices into the split, ascending.
 * @throws {RangeError} When a class is named of which there is no image, or no image is left.
 */
export function weightedImages(
  names: readonly string[],
  weights: ClassWeights,
  skipped: ReadonlySet<number> = new Set(),
): Uint32Array {
  const seen = new Map<string, number>();
  const images: number[] = [];
  for (const [image, name] of names.entries()) {
    const own = classOf(name);
    const before = seen.get(own) ?? 0;
    seen.set(own, skipped.has(image) ? before : before + 1);
    if (skipped.has(image)) continue;
    const weight = (Object.hasOwn(weights, own) ? weights[own] : weights[OTHERS]) ?? 1;
    const times = Math.floor((before + 1) * weight) - Math.floor(before * weight);
    for (let i = 0; i < times; i++) images.push(image);
  }
  const unknown = Object.keys(weights).find((name) => name !== OTHERS && !seen.has(name));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot weight classes: each must have images, got none of ${unknown}`);
  }
  if (images.length === 0) {
    throw new RangeError("Cannot weight classes: an image must be left, got none");
  }
  return Uint32Array.from(images);
}
