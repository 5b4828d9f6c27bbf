/** Pictures as plain planes: what classical color transfer reads. */

/** A picture without colors. */
export interface GrayPicture {
  widthPx: number;
  heightPx: number;
  /** L*, 0..100, shape [heightPx * widthPx]. */
  lightness: Float32Array;
}

/** A picture with its colors. */
export interface ColorPicture extends GrayPicture {
  /** Interleaved a*, b*, shape [heightPx * widthPx * 2]. */
  ab: Float32Array;
}
