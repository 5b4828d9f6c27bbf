/** One picture of the page: its file, what is asked for it, and what came back. */

import { colorize } from "./api.js";

/** @typedef {{ x: number, y: number, color: string | undefined }} Point Place in pixels. */

/** Long side of the copy that previews are made of: small enough to act at once. */
const PREVIEW_PX = 512;
const MOST_UNDO = 100;

export class Photo {
  /** @type {Point[]} */
  points = [];
  /** @type {string[]} Earlier points, in JSON. */
  #history = [];
  settings = { model: "", vividness: "0.5", size: "1" };
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

  /**
   * @param {File} file
   * @param {{ width: number, height: number, preview: Blob, shown: Blob }} looks
   */
  constructor(file, { width, height, preview, shown }) {
    this.file = file;
    this.width = width;
    this.height = height;
    this.preview = preview;
    this.url = URL.createObjectURL(shown);
  }

  /**
   * Reads a picture; one that the browser cannot show, such as a TIFF, is looked at through the server.
   * @param {File} file
   */
  static async read(file) {
    const [bitmap, shown] = await open(file);
    const { width, height } = bitmap;
    const scale = PREVIEW_PX / Math.max(width, height);
    const preview = scale < 1 ? await shrink(bitmap, scale) : file;
    bitmap.close();
    return new Photo(file, { width, height, preview, shown });
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

  /**
   * Options for the server.
   * @param {{ full: boolean, model: import("./api.js").ModelInfo | undefined, without?: Point }} use
   * @returns {Record<string, string>}
   */
  options({ full, model: info, without }) {
    const { model, vividness } = this.settings;
    const size = sizeOf(this.settings.size, info);
    if (!info?.takesHints) return { model, ...size };
    const scale = full ? 1 : Math.min(1, PREVIEW_PX / Math.max(this.width, this.height));
    const points = this.points.filter((point) => point !== without && point.color)
      .map(({ x, y, color }) => ({ ...this.#scaled({ x, y }, scale), color }));
    return {
      model,
      ...(info.takesVividness && { vividness }),
      ...size,
      ...(points.length > 0 && { points: JSON.stringify(points) }),
    };
  }

  /** @param {{ x: number, y: number }} place @param {number} scale */
  #scaled({ x, y }, scale) {
    const along = (/** @type {number} */ value, /** @type {number} */ side) =>
      Math.min(Math.max(0, Math.round((value + 0.5) * scale - 0.5)), Math.round(side * scale) - 1);
    return { x: along(x, this.width), y: along(y, this.height) };
  }
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

/** Sides that every network takes, and the server too. */
const SIZE_STEP = 8;
const MOST_SIZE_PX = 512;

/**
 * The size to ask for, none for the model's own.
 * @param {string} times How much of it.
 * @param {import("./api.js").ModelInfo | undefined} model
 */
function sizeOf(times, model) {
  if (times === "1" || !model) return {};
  const size = SIZE_STEP * Math.round(Number(times) * model.sizePx / SIZE_STEP);
  return { size: String(Math.min(MOST_SIZE_PX, size)) };
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
