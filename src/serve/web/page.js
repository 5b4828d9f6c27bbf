/** The page: pictures come in, are set, shown and saved. */
import { listModels, setToken, suggest, TokenNeededError } from "./api.js";
import { isByHand, isOfReference, suggestOptionsOf, takes } from "./asking.js";
import { Coloring } from "./coloring.js";
import { Photo, readPicture } from "./photo.js";
import { PointLayer } from "./point_layer.js";
import { savePhoto, savePhotos } from "./saving.js";

/** @typedef {import("./photo.js").Point} Point */

const SUGGESTIONS = 6;
const SETTINGS = /** @type {const} */ (["vividness", "model", "size", "source"]);

/** @type {Photo[]} */
const photos = [];
/** @type {File[]} Those that could not be read without a token. */
const refused = [];
/** @type {Photo | undefined} */
let current;
/** @typedef {import("./api.js").ModelInfo} ModelInfo */

/** @type {Map<string, ModelInfo>} Those that have weights. */
const models = new Map();
/** @type {WeakMap<Photo, string>} Address of what is shown. */
const shownUrls = new WeakMap();

/** @template {HTMLElement} T @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (get(id));

const coloring = new Coloring({
  modelOf,
  onShown: showResult,
  onBusy: showBusy,
  onLack: (photo, text) => {
    showBusy(photo, "");
    if (photo === current) get("status").textContent = text;
  },
  onError: (photo, error) => {
    showBusy(photo, "");
    fail(photo.file.name, error);
  },
});

const points = new PointLayer(get("compare"), get("points"), {
  takesPoints: () => current !== undefined && takes(current, modelOf(current)).points,
  onOpen: openPalette,
  onMove: changed,
  onRemove: changed,
});

const listed = takeModels(); // pictures may come before it is done, and wait for it
takeFiles();
wireControls();
await listed;
document.documentElement.dataset.ready = "true";

async function takeModels() {
  try {
    const { default: usual, models: listed } = await listModels();
    for (const model of listed) {
      const { name, title, hasWeights } = model;
      if (!hasWeights) continue;
      models.set(name, model);
      get("model").append(new Option(title, name, false, name === usual));
    }
  } catch (error) {
    complain(`The server cannot be reached: ${messageOf(error)}`);
  }
}

function takeFiles() {
  const drop = get("drop");
  input("files").addEventListener("change", () => {
    addAll([...input("files").files ?? []]); // a copy: emptying the input empties its list
    input("files").value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    addAll([...event.dataTransfer?.files ?? []]);
  });
  document.addEventListener("paste", (event) => addAll([...event.clipboardData?.files ?? []]));
}

/** @param {File[]} files */
async function addAll(files) {
  await listed;
  forgive();
  for (const file of files) {
    try {
      const photo = new Photo(await readPicture(file));
      photo.settings.model = /** @type {HTMLSelectElement} */ (get("model")).value;
      photos.push(photo);
      select(photo);
    } catch (error) {
      fail(file.name, error);
      if (error instanceof TokenNeededError) refused.push(file);
    }
  }
}

/** @param {Photo} photo */
function select(photo) {
  current = photo;
  get("editor").hidden = false;
  get("editor-title").textContent = photo.file.name;
  const before = /** @type {HTMLImageElement} */ (get("before"));
  before.src = photo.url;
  before.alt = `${photo.file.name}, as it is`;
  get("after").setAttribute("alt", `${photo.file.name}, in color`);
  for (const name of SETTINGS) input(name).value = photo.settings[name];
  input("keep-rest").checked = photo.settings.keepRest;
  get("answers").replaceChildren();
  get("status").textContent = photo.busy;
  points.show(photo);
  showResult(photo);
  showButtons();
  drawList();
  if (!photo.full && !photo.busy) coloring.update(photo);
}

function drawList() {
  get("pictures").replaceChildren(...photos.map((photo) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const image = document.createElement("img");
    const [name, state] = [document.createElement("span"), document.createElement("span")];
    button.type = "button";
    button.setAttribute("aria-current", String(photo === current));
    image.src = shownUrls.get(photo) ?? photo.url;
    image.alt = "";
    name.textContent = photo.file.name;
    state.textContent = photo.busy ? "working …" : photo.full ? "done" : "";
    button.append(image, name, state);
    button.addEventListener("click", () => select(photo));
    item.append(button);
    return item;
  }));
}

/** @param {Photo} photo @param {string} text */
function showBusy(photo, text) {
  photo.busy = text;
  drawList();
  if (photo === current) get("status").textContent = text;
}

/** @param {Photo} photo */
function showResult(photo) {
  const { shown } = photo;
  if (!photos.includes(photo)) return; // it was removed meanwhile
  URL.revokeObjectURL(shownUrls.get(photo) ?? "");
  if (shown) shownUrls.set(photo, URL.createObjectURL(shown));
  else shownUrls.delete(photo);
  drawList();
  if (photo !== current) return;
  const after = /** @type {HTMLImageElement} */ (get("after"));
  after.hidden = !shown;
  get("compare").classList.toggle("waiting", !shown);
  if (shown) after.src = /** @type {string} */ (shownUrls.get(photo));
}

function changed() {
  if (!current) return;
  forgive(); // what was wrong with other settings
  current.answer = 0;
  get("answers").replaceChildren();
  if (!takes(current, modelOf(current)).points) points.openPoint(undefined);
  showButtons();
  coloring.update(current);
}

function showButtons() {
  if (!current) return;
  const can = takes(current, modelOf(current));
  /** @type {HTMLButtonElement} */ (get("undo")).disabled = !can.points || !current.canUndo;
  /** @type {HTMLButtonElement} */ (get("clear")).disabled = !can.points || !current.points.length;
  input("add").disabled = !can.points;
  input("vividness").disabled = !can.vividness;
  input("others").disabled = !can.answers;
  for (const id of ["model", "size"]) input(id).disabled = !can.model;
  for (const id of ["points", "hint"]) get(id).hidden = !can.points;
  for (const element of document.querySelectorAll(".by-hand, .of-reference")) {
    const isWanted = element.matches(".by-hand") ? isByHand(current) : isOfReference(current);
    /** @type {HTMLElement} */ (element).hidden = !isWanted;
  }
  const { reference } = current;
  get("reference-name").textContent = reference?.file.name ?? "";
  const shown = /** @type {HTMLImageElement} */ (get("reference-shown"));
  shown.hidden = !reference;
  if (reference) shown.src = reference.url;
}

/** @param {Photo} photo */
function modelOf(photo) {
  return models.get(photo.settings.model);
}

/** @param {Point | undefined} point @param {boolean} byKeyboard */
async function openPalette(point, byKeyboard) {
  get("palette").hidden = !point;
  if (point && byKeyboard) get("palette").focus();
  if (!point || !current) return;
  const photo = current;
  const model = modelOf(photo);
  input("own").value = point.color ?? "#808080";
  if (!model?.suggestsColors) {
    get("suggestions").textContent = "This model suggests no colors: choose one.";
    return;
  }
  get("suggestions").textContent = "Asking for likely colors …";
  try {
    const options = suggestOptionsOf(photo, point, model);
    const colors = await suggest(photo.preview, { ...options, count: SUGGESTIONS });
    if (points.open !== point) return;
    get("suggestions").replaceChildren(...colors.map(swatch));
    if (!point.color && colors[0]) paintPoint(point, colors[0].color);
    points.reveal();
  } catch (error) {
    get("suggestions").textContent = messageOf(error);
    if (error instanceof TokenNeededError) fail(photo.file.name, error);
  }
}

/** @param {{ color: string, share: number }} suggestion */
function swatch({ color, share }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "swatch";
  const percent = `${Math.round(100 * share)}%`;
  button.setAttribute("aria-label", `${color}, ${percent} likely`);
  const sample = document.createElement("i");
  sample.style.background = color;
  button.append(sample, percent);
  button.addEventListener("click", () => {
    if (!points.open || !current) return;
    current.remember();
    paintPoint(points.open, color);
  });
  return button;
}

/** @param {Point} point @param {string} color */
function paintPoint(point, color) {
  point.color = color;
  input("own").value = color;
  points.draw();
  changed();
}

function wireControls() {
  for (const name of SETTINGS) {
    input(name).addEventListener("input", () => {
      if (!current) return;
      current.settings[name] = input(name).value;
      changed();
    });
  }
  input("keep-rest").addEventListener("input", () => {
    if (!current) return;
    current.settings.keepRest = input("keep-rest").checked;
    changed();
  });
  input("reference").addEventListener("change", takeReference);
  const compare = get("compare");
  input("split").addEventListener("input", () => {
    compare.style.setProperty("--split", `${input("split").value}%`);
  });
  get("zoom").addEventListener("click", zoom);
  get("discard").addEventListener("click", discard);
  get("access").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken();
  });
  get("controls").addEventListener("submit", (event) => event.preventDefault());
  get("others").addEventListener("click", showAnswers);
  wirePoints();
  wireSaving();
}

async function takeReference() {
  const [file] = input("reference").files ?? [];
  input("reference").value = "";
  if (!file || !current) return;
  const photo = current;
  photo.asked = file;
  forgive();
  try {
    const reference = await readPicture(file);
    if (photo.asked !== file || !photos.includes(photo)) {
      return URL.revokeObjectURL(reference.url); // another one was chosen, or the picture removed
    }
    URL.revokeObjectURL(photo.reference?.url ?? "");
    photo.reference = reference;
  } catch (error) {
    return fail(file.name, error);
  }
  if (photo === current) changed();
  else coloring.update(photo);
}

/** Between the whole picture and one pixel of it for each of the screen. */
function zoom() {
  const [stage, button] = [get("stage"), get("zoom")];
  const isActual = stage.classList.toggle("actual");
  button.setAttribute("aria-pressed", String(isActual));
  // What scrolls must be reached by keyboard.
  if (isActual) stage.tabIndex = 0;
  else stage.removeAttribute("tabindex");
}

function wirePoints() {
  input("own").addEventListener("change", () => {
    if (!points.open || !current) return;
    current.remember();
    paintPoint(points.open, input("own").value);
  });
  get("add").addEventListener("click", () => points.addInTheMiddle());
  get("remove").addEventListener("click", () => points.open && points.remove(points.open));
  get("close").addEventListener("click", () => points.leave());
  get("palette").addEventListener("keydown", (event) => {
    if (event.key === "Escape") points.leave();
  });
  get("undo").addEventListener("click", () => {
    current?.undo();
    points.openPoint(undefined);
    changed();
  });
  get("clear").addEventListener("click", () => {
    if (!current) return;
    current.remember();
    current.points = [];
    points.openPoint(undefined);
    changed();
  });
}

function wireSaving() {
  const format = () => input("format").value;
  get("save").addEventListener("click", () => {
    const photo = /** @type {Photo} */ (current);
    saving(`Preparing ${photo.file.name} …`, () => savePhoto(coloring, photo, format()));
  });
  get("save-all").addEventListener("click", () => {
    const onProgress = (/** @type {number} */ i) => {
      get("status").textContent = `Preparing ${i + 1} of ${photos.length} …`;
    };
    saving("Preparing …", () => savePhotos(coloring, photos, { format: format(), onProgress }));
  });
}

async function showAnswers() {
  const photo = /** @type {Photo} */ (current);
  get("status").textContent = "Looking for other answers …";
  try {
    const blobs = await coloring.answers(photo);
    if (photo !== current) return;
    if (!blobs) {
      get("status").textContent = photo.busy;
      return;
    }
    get("answers").replaceChildren(...blobs.map((blob, i) => answerButton(photo, blob, i)));
    get("status").textContent = blobs.length < 2
      ? "The model is sure: there is no other answer"
      : "";
  } catch (error) {
    get("status").textContent = "";
    fail(photo.file.name, error);
  }
}

/** @param {Photo} photo @param {Blob} blob @param {number} index */
function answerButton(photo, blob, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(index === photo.answer));
  const image = document.createElement("img");
  image.src = URL.createObjectURL(blob);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  image.alt = `Answer ${index + 1}`;
  button.append(image);
  button.addEventListener("click", () => {
    for (const other of get("answers").children) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    coloring.pick(photo, index, blob);
  });
  return button;
}

/** @param {string} text @param {() => Promise<void>} work */
async function saving(text, work) {
  get("status").textContent = text;
  try {
    await work();
  } catch (error) {
    fail("Download", error);
  }
  get("status").textContent = "";
}

/** Says what went wrong with something, beside what went wrong before. @param {string} what @param {unknown} error */
function fail(what, error) {
  if (error instanceof TokenNeededError) get("access").hidden = false;
  complain(`${what}: ${messageOf(error)}`);
}

/** @param {string} text */
function complain(text) {
  const said = (get("message").textContent ?? "").split("\n").filter((line) => line !== "");
  if (!said.includes(text)) get("message").textContent = [...said, text].join("\n");
  get("message").hidden = false;
}

function forgive() {
  get("message").textContent = "";
  get("message").hidden = true;
}

/** Tries again what was refused without a token, or with a wrong one. */
function useToken() {
  setToken(input("token").value.trim());
  input("token").value = "";
  get("access").hidden = true;
  forgive();
  for (const photo of photos) if (!photo.full) coloring.update(photo);
  addAll(refused.splice(0));
}

function discard() {
  if (!current) return;
  coloring.stop(current);
  URL.revokeObjectURL(current.url);
  URL.revokeObjectURL(current.reference?.url ?? "");
  URL.revokeObjectURL(shownUrls.get(current) ?? "");
  const at = photos.indexOf(current);
  photos.splice(at, 1);
  const next = photos[Math.min(at, photos.length - 1)];
  if (next) return select(next);
  current = undefined;
  points.openPoint(undefined);
  get("editor").hidden = true;
  drawList();
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
