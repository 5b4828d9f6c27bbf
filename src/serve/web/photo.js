/** One picture of the page: its file, what is asked for it, and what came back. */

import { colorize } from "./api.js";

/** @typedef {{ x: number, y: number, color: string | undefined }} Point Place in pixels. */

/**
 * A file that is a picture, its sides in pixels, a small copy, and where the browser finds it.
 * @typedef {{ file: File, width: number, height: number, preview: Blob, url: string }} Picture
 */

/** Long side of the copy that previews are made of: small enough to act at once. */
const PREVIEW_PX = 512;
const MOST_UNDO = 100;

export class Photo {
  /** @type {Point[]} */
  points = [];
  /** @type {string[]} Earlier points, in JSON. */
  #history = [];
  settings = { model: "", vividness: "0.5", size: "1", source: "network", keepRest: true };
  /** @type {Picture | undefined} Whose colors are taken. */
  reference;
  /** @type {File | undefined} The last one that was chosen for that. */
  asked;
  /** Which of the other answers was picked, from 0. */
  answer = 0;
  /** What is being done with it, in words; empty when nothing is. */
  busy = "";
  /** @type {Blob | undefined} What is shown. */
  shown;
  /** @type {string | undefined} What the picture at full size was made of. */
  fullKey;
  /** @type {Blob | undefined} */
  full;

  /** @param {Picture} picture */
  constructor({ file, width, height, preview, url }) {
    this.file = file;
    this.width = width;
    this.height = height;
    this.preview = preview;
    this.url = url;
  }

  /** Keeps the points as they are, for undo. */
  remember() {
    this.#history.push(JSON.stringify(this.points));
    if (this.#history.length > MOST_UNDO) this.#history.shift();
  }

  undo() {
    const before = this.#history.pop();
    if (before !== undefined) this.points = JSON.parse(before);
  }

  get canUndo() {
    return this.#history.length > 0;
  }

  /** A place of the picture in pixels of its preview. @param {{ x: number, y: number }} place */
  inPreview({ x, y }) {
    const scale = Math.min(1, PREVIEW_PX / Math.max(this.width, this.height));
    const along = (/** @type {number} */ value, /** @type {number} */ side) =>
      Math.min(Math.max(0, Math.round((value + 0.5) * scale - 0.5)), Math.round(side * scale) - 1);
    return { x: along(x, this.width), y: along(y, this.height) };
  }
}

/**
 * Reads a picture; one that the browser cannot show, such as a TIFF, is looked at through the server.
 * @param {File} file
 * @returns {Promise<Picture>}
 */
export async function readPicture(file) {
  const [bitmap, shown] = await open(file);
  const { width, height } = bitmap;
  const scale = PREVIEW_PX / Math.max(width, height);
  const preview = scale < 1 ? await shrink(bitmap, scale) : file;
  bitmap.close();
  return { file, width, height, preview, url: URL.createObjectURL(shown) };
}

/**
 * The picture, and a file of it that the browser can show.
 * @param {File} file
 * @returns {Promise<[ImageBitmap, Blob]>}
 */
async function open(file) {
  try {
    return [await createImageBitmap(file), file];
  } catch {
    const shown = await colorize(file, { model: "gray", format: "png" });
    return [await createImageBitmap(shown), shown];
  }
}

/** @param {ImageBitmap} bitmap @param {number} scale @returns {Promise<Blob>} */
async function shrink(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("no copy")), "image/jpeg", 0.92)
  );
}
