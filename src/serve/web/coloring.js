/** Keeps what is shown of a picture up to date: at once as a preview, soon after at full size. */
import { colorize, colorizeSeveral } from "./api.js";
import { keyOf, lackOf, optionsOf } from "./asking.js";

/** @typedef {import("./photo.js").Photo} Photo */

/** Pause in changes after which the picture is colorized at full size. */
const REST_MS = 500;
export const ANSWERS = 4;

export class Coloring {
  /** @type {WeakMap<Photo, AbortController>} What runs for each picture. */
  #running = new WeakMap();
  /** @type {WeakMap<Photo, AbortController>} Other answers that are asked for. */
  #answering = new WeakMap();

  /**
   * @param {{ modelOf: (photo: Photo) => import("./api.js").ModelInfo | undefined, onShown: (photo: Photo) => void, onBusy: (photo: Photo, text: string) => void, onLack: (photo: Photo, text: string) => void, onError: (photo: Photo, error: unknown) => void }} told
   */
  constructor(told) {
    this.told = told;
  }

  /** Colorizes anew after a change. @param {Photo} photo */
  async update(photo) {
    this.stop(photo);
    const running = new AbortController();
    this.#running.set(photo, running);
    const lack = lackOf(photo, this.told.modelOf(photo));
    if (lack) {
      photo.full = undefined;
      photo.shown = undefined;
      this.told.onShown(photo);
      this.told.onLack(photo, lack);
      return;
    }
    try {
      const key = this.#keyOf(photo);
      this.told.onBusy(photo, "Colorizing …");
      photo.shown = await this.#color(photo, { full: false, signal: running.signal });
      this.told.onShown(photo);
      if (photo.preview === photo.file) {
        keepFull(photo, photo.shown, key);
        this.told.onBusy(photo, "");
        return;
      }
      this.told.onBusy(photo, "Preview; full size follows …");
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      if (running.signal.aborted) return;
      await this.finish(photo, running.signal);
      this.told.onBusy(photo, "");
    } catch (error) {
      if (running.signal.aborted) return;
      photo.shown = undefined; // what was made by other settings would pass for the answer
      this.told.onShown(photo);
      this.told.onError(photo, error);
    }
  }

  /** Gives up what runs for a picture. @param {Photo} photo */
  stop(photo) {
    this.#running.get(photo)?.abort();
    this.#answering.get(photo)?.abort();
  }

  /** The picture at full size as it is set now. @param {Photo} photo @param {AbortSignal} [signal] */
  async finish(photo, signal) {
    const key = this.#keyOf(photo);
    const isThere = photo.full && photo.fullKey === key;
    const full = isThere ? photo.full : await this.#color(photo, { full: true, signal });
    keepFull(photo, /** @type {Blob} */ (full), key);
    photo.shown = full;
    this.told.onShown(photo);
    return full;
  }

  /** The file in a format. @param {Photo} photo @param {string} format */
  async save(photo, format) {
    return await this.#color(photo, { full: true, format });
  }

  /**
   * Several answers, at full size: those of a smaller copy may be others.
   * @param {Photo} photo
   * @returns {Promise<Blob[] | undefined>} None where the settings have changed meanwhile.
   */
  async answers(photo) {
    this.#answering.get(photo)?.abort();
    const answering = new AbortController();
    this.#answering.set(photo, answering);
    const options = optionsOf(photo, { full: true, model: this.told.modelOf(photo) });
    const several = { ...options, candidates: ANSWERS, format: "jpeg" };
    try {
      return await colorizeSeveral(photo.file, several, answering.signal);
    } catch (error) {
      if (answering.signal.aborted) return undefined;
      throw error;
    }
  }

  /** Shows one of them. @param {Photo} photo @param {number} answer @param {Blob} blob */
  pick(photo, answer, blob) {
    this.stop(photo);
    photo.answer = answer;
    photo.shown = blob;
    keepFull(photo, blob, this.#keyOf(photo));
    this.told.onShown(photo);
    this.told.onBusy(photo, "");
  }

  /**
   * @param {Photo} photo
   * @param {{ full: boolean, signal?: AbortSignal, format?: string }} how
   */
  async #color(photo, { full, signal, format = "jpeg" }) {
    const model = this.told.modelOf(photo);
    const lack = lackOf(photo, model);
    if (lack) throw new Error(lack);
    const options = { ...optionsOf(photo, { full, model }), format };
    const picture = full ? photo.file : photo.preview;
    if (photo.answer === 0) return await colorize(picture, options, signal);
    const several = { ...options, candidates: ANSWERS }; // another number would draw others
    const blobs = await colorizeSeveral(picture, several, signal);
    return /** @type {Blob} */ (blobs[Math.min(photo.answer, blobs.length - 1)]);
  }

  /** @param {Photo} photo */
  #keyOf(photo) {
    return keyOf(photo, this.told.modelOf(photo));
  }
}

/** @param {Photo} photo @param {Blob} full @param {string} key What it was made by. */
function keepFull(photo, full, key) {
  photo.full = full;
  photo.fullKey = key;
}
