/** Color points over a picture: buttons that are dragged, moved by arrows, opened and removed. */

/** @typedef {import("./photo.js").Point} Point */
/** @typedef {import("./photo.js").Photo} Photo */

/** Pixels of the screen that a press may move and still be a click. */
const CLICK_PX = 4;
/** Parts of the picture that an arrow key moves by. */
const STEP = 1 / 100;

export class PointLayer {
  /** @type {Photo | undefined} */
  #photo;
  /** @type {Point | undefined} */
  open;

  /**
   * @param {HTMLElement} compare What is clicked.
   * @param {HTMLElement} layer What holds the points.
   * @param {{ takesPoints: () => boolean, onOpen: (point: Point | undefined, byKeyboard: boolean) => void, onMove: () => void, onRemove: () => void }} told
   */
  constructor(compare, layer, told) {
    this.layer = layer;
    this.told = told;
    compare.addEventListener("click", (event) => {
      if (!this.#photo || event.target instanceof HTMLButtonElement) return;
      if (!this.told.takesPoints()) return;
      this.add(this.#placeOf(event));
    });
  }

  /** @param {Photo} photo */
  show(photo) {
    if (photo !== this.#photo) this.openPoint(undefined);
    this.#photo = photo;
    this.draw();
  }

  /** @param {{ x: number, y: number }} place */
  add(place) {
    const photo = /** @type {Photo} */ (this.#photo);
    photo.remember();
    const point = { ...place, color: undefined };
    photo.points.push(point);
    this.openPoint(point);
    /** @type {HTMLElement} */ (this.layer.lastElementChild).focus({ preventScroll: true });
  }

  addInTheMiddle() {
    const { width, height } = /** @type {Photo} */ (this.#photo);
    this.add({ x: Math.round(width / 2), y: Math.round(height / 2) });
  }

  /**
   * @param {Point | undefined} point
   * @param {{ byKeyboard?: boolean }} [how]
   */
  openPoint(point, { byKeyboard = false } = {}) {
    this.open = point;
    this.draw();
    this.told.onOpen(point, byKeyboard);
  }

  /** Closes the open point, for who goes on with the keyboard. */
  leave() {
    const at = this.#photo?.points.indexOf(/** @type {Point} */ (this.open)) ?? -1;
    this.openPoint(undefined);
    /** @type {HTMLElement | undefined} */ (this.layer.children[at])?.focus();
  }

  /** Brings the open point into sight. */
  reveal() {
    const at = this.#photo?.points.indexOf(/** @type {Point} */ (this.open)) ?? -1;
    this.layer.children[at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Point} point */
  remove(point) {
    const photo = /** @type {Photo} */ (this.#photo);
    photo.remember();
    photo.points = photo.points.filter((other) => other !== point);
    this.openPoint(undefined);
    this.told.onRemove();
  }

  draw() {
    const focused = [...this.layer.children].indexOf(
      /** @type {Element} */ (document.activeElement),
    );
    const points = this.#photo?.points ?? [];
    this.layer.replaceChildren(...points.map((point, i) => this.#button(point, i)));
    if (focused >= 0) {
      /** @type {HTMLElement} */ (this.layer.children[focused])?.focus({ preventScroll: true });
    }
  }

  /** @param {Point} point @param {number} index */
  #button(point, index) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "point";
    button.setAttribute("aria-label", `Point ${index + 1}, ${point.color ?? "no color yet"}`);
    button.setAttribute("aria-expanded", String(point === this.open));
    button.style.background = point.color ?? "transparent";
    this.#place(button, point);
    button.addEventListener("keydown", (event) => this.#onKey(event, point));
    button.addEventListener("pointerdown", (event) => this.#drag(event, button, point));
    button.addEventListener("click", (event) => {
      // A click by keyboard or assistive technology; those of a pointer come through #drag.
      if (event.detail === 0) this.openPoint(point, { byKeyboard: true });
    });
    return button;
  }

  /** @param {HTMLElement} button @param {Point} point */
  #place(button, { x, y }) {
    const { width, height } = /** @type {Photo} */ (this.#photo);
    button.style.left = `${100 * (x + 0.5) / width}%`;
    button.style.top = `${100 * (y + 0.5) / height}%`;
  }

  /** @param {KeyboardEvent} event @param {Point} point */
  #onKey(event, point) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (event.key === "Delete" || event.key === "Backspace") this.remove(point);
    else if (step) {
      const { width, height } = /** @type {Photo} */ (this.#photo);
      this.#photo?.remember();
      this.#moveTo(point, {
        x: point.x + step[0] * Math.max(1, STEP * width),
        y: point.y + step[1] * Math.max(1, STEP * height),
      });
      this.draw();
      this.told.onMove();
    } else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} press @param {HTMLElement} button @param {Point} point */
  #drag(press, button, point) {
    button.setPointerCapture(press.pointerId);
    let isMoved = false;
    const move = (/** @type {PointerEvent} */ event) => {
      const away = Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY);
      if (!isMoved && away < CLICK_PX) return;
      if (!isMoved) this.#photo?.remember();
      isMoved = true;
      this.#moveTo(point, this.#placeOf(event));
      this.#place(button, point);
      this.told.onMove();
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", () => {
      button.removeEventListener("pointermove", move);
      if (!isMoved) this.openPoint(point);
    }, { once: true });
  }

  /** @param {Point} point @param {{ x: number, y: number }} place */
  #moveTo(point, { x, y }) {
    const { width, height } = /** @type {Photo} */ (this.#photo);
    point.x = Math.min(Math.max(0, Math.round(x)), width - 1);
    point.y = Math.min(Math.max(0, Math.round(y)), height - 1);
  }

  /** @param {MouseEvent} event */
  #placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.layer.getBoundingClientRect();
    const photo = /** @type {Photo} */ (this.#photo);
    return {
      x: Math.min(photo.width - 1, Math.max(0, Math.floor((clientX - left) / width * photo.width))),
      y: Math.min(
        photo.height - 1,
        Math.max(0, Math.floor((clientY - top) / height * photo.height)),
      ),
    };
  }
}
