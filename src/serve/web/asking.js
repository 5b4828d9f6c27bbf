/** What a picture's settings ask of the server. */

/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./photo.js").Point} Point */
/** @typedef {import("./api.js").ModelInfo} ModelInfo */
/** @typedef {import("./api.js").Options} Options */

/** Sides that every network takes, and the server too. */
const SIZE_STEP = 8;
const MOST_SIZE_PX = 512;

/** Whether colors come from points alone. @param {Photo} photo */
export function isByHand({ settings: { source } }) {
  return source === "geodesic" || source === "optimization";
}

/** Whether colors come from another picture. @param {Photo} photo */
export function isOfReference({ settings: { source } }) {
  return source === "features" || source === "welsh";
}

/**
 * What points, vividness and other answers mean here.
 * @param {Photo} photo
 * @param {ModelInfo | undefined} model
 */
export function takes(photo, model) {
  const { takesHints = false, takesVividness = false } = model ?? {};
  const byHand = isByHand(photo), ofReference = isOfReference(photo);
  return {
    points: byHand || !ofReference && takesHints,
    vividness: takesVividness && !ofReference && (!byHand || photo.settings.keepRest),
    answers: takesVividness && !ofReference && !byHand,
    /** Whether a network has a part in it. */
    model: byHand ? photo.settings.keepRest : photo.settings.source !== "welsh",
  };
}

/**
 * What a person has to add before there are colors, in words; nothing when there is all.
 * @param {Photo} photo
 * @param {ModelInfo | undefined} model
 */
export function lackOf(photo, model) {
  if (isByHand(photo) && !photo.settings.keepRest && !photo.points.some(({ color }) => color)) {
    return "Click a spot to give it a color: colors spread from points";
  }
  if (isOfReference(photo) && !photo.reference) return "Choose the other picture";
  if (photo.settings.source === "features" && !model?.takesVividness) {
    return "This model sees no features that can be compared: choose another one";
  }
  return "";
}

/**
 * Options of a colorization, once nothing is lacking.
 * @param {Photo} photo
 * @param {{ full: boolean, model: ModelInfo | undefined }} use For the picture itself, or its preview.
 * @returns {Options}
 */
export function optionsOf(photo, { full, model: info }) {
  const { source, vividness, keepRest } = photo.settings;
  const can = takes(photo, info);
  const points = can.points ? pointsOf(photo, { full }) : {};
  const ofModel = {
    ...(can.model && modelOf(photo, info)),
    ...(can.vividness && { vividness }),
  };
  if (photo.reference && isOfReference(photo)) {
    // What a small picture gets as its preview is what it keeps.
    const isWhole = full || photo.preview === photo.file;
    const reference = isWhole ? photo.reference.file : photo.reference.preview;
    return { ...ofModel, transfer: source, reference };
  }
  // Without points the model's colors stay as they are.
  if (!isByHand(photo) || !points.points) {
    return { ...ofModel, ...(info?.takesHints && points) };
  }
  return { ...ofModel, ...points, method: source, keep_rest: String(keepRest) };
}

/**
 * Options for suggesting colors at a point.
 * @param {Photo} photo
 * @param {Point} point
 * @param {ModelInfo | undefined} model
 * @returns {Options}
 */
export function suggestOptionsOf(photo, point, model) {
  return {
    ...modelOf(photo, model),
    ...(model?.takesHints && pointsOf(photo, { full: false, without: point })),
    x: ((point.x + 0.5) / photo.width).toFixed(5),
    y: ((point.y + 0.5) / photo.height).toFixed(5),
  };
}

/** What fixes a picture's colors, as a text. @param {Photo} photo @param {ModelInfo | undefined} model */
export function keyOf(photo, model) {
  const { reference: _, ...options } = optionsOf(photo, { full: true, model });
  return JSON.stringify([options, photo.answer, isOfReference(photo) && photo.reference?.url]);
}

/** @param {Photo} photo @param {ModelInfo | undefined} info */
function modelOf({ settings: { model, size } }, info) {
  return { model, ...sizeOf(size, info) };
}

/**
 * @param {Photo} photo
 * @param {{ full: boolean, without?: Point }} use
 */
function pointsOf(photo, { full, without }) {
  const points = photo.points.filter((point) => point !== without && point.color)
    .map(({ x, y, color }) => ({ ...(full ? { x, y } : photo.inPreview({ x, y })), color }));
  return points.length > 0 ? { points: JSON.stringify(points) } : {};
}

/**
 * The size to ask for, none for the model's own.
 * @param {string} times How much of it.
 * @param {ModelInfo | undefined} model
 */
function sizeOf(times, model) {
  if (times === "1" || !model) return {};
  const size = SIZE_STEP * Math.round(Number(times) * model.sizePx / SIZE_STEP);
  return { size: String(Math.min(MOST_SIZE_PX, size)) };
}
