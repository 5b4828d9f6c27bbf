/** What the compiled module offers. */
export { mixPixels, scaleChannels } from "./channels";
export { CHUNK, convolve } from "./convolve";
export { sumFilterGradient } from "./filter_gradient";
export { fillChannels, packWeights } from "./pack";
export { shareTaps, shareTapsGradient } from "./shared_taps";
export { addDifferences, combineOutputs, spreadOutputs, takeDifferences } from "./upsampled";
export { combineTiles, spreadTiles, takeTiles } from "./winograd";
export { transformTaps, transformTapsGradient } from "./winograd_taps";
