/** What the compiled module offers. */
export { CHUNK, convolve } from "./convolve";
export { sumFilterGradient } from "./filter_gradient";
export { fillChannels, packWeights } from "./pack";
