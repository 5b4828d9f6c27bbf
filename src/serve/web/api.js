/** Talks to the server that this page came from. */

/** @type {string | undefined} What the server lets in; kept here alone. */
let token;

/** The server wants a token, or another one. */
export class TokenNeededError extends Error {}

/** @param {string} text */
export function setToken(text) {
  token = text;
}

/** @typedef {Record<string, string | number | Blob>} Options Pictures go as files. */

/**
 * Colorizes a picture.
 * @param {Blob} picture
 * @param {Options} options Those of POST /v1/colorize.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function colorize(picture, options, signal) {
  return await (await post("/v1/colorize", picture, options, { signal })).blob();
}

/**
 * Colorizes a picture in several ways.
 * @param {Blob} picture
 * @param {Options} options With `candidates`.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob[]>}
 */
export async function colorizeSeveral(picture, options, signal) {
  const headers = { accept: "multipart/form-data" };
  const response = await post("/v1/colorize", picture, options, { signal, headers });
  if (!/^multipart/.test(response.headers.get("content-type") ?? "")) {
    return [await response.blob()];
  }
  return /** @type {File[]} */ ([...(await response.formData()).values()]);
}

/**
 * Asks for the colors that a place may have.
 * @param {Blob} picture
 * @param {Options} options Those of POST /v1/suggest.
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ color: string, share: number }[]>}
 */
export async function suggest(picture, options, signal) {
  return (await (await post("/v1/suggest", picture, options, { signal })).json()).colors;
}

/**
 * What a model is and takes; `sizePx` is what it sees of a picture unless told.
 * @typedef {{ name: string, title: string, hasWeights: boolean, takesHints: boolean, takesVividness: boolean, suggestsColors: boolean, sizePx: number }} ModelInfo
 */

/** @returns {Promise<{ default: string, models: ModelInfo[] }>} */
export async function listModels() {
  return await (await checked(await fetch("/models"))).json();
}

/**
 * @param {string} path
 * @param {Blob} picture
 * @param {Options} options
 * @param {RequestInit} init
 */
async function post(path, picture, options, init) {
  const form = new FormData();
  form.set("image", picture);
  for (const [name, value] of Object.entries(options)) {
    form.set(name, value instanceof Blob ? value : String(value));
  }
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return await checked(await fetch(path, { method: "POST", body: form, ...init, headers }));
}

/** @param {Response} response */
async function checked(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const text = problem.detail ?? `The server answered ${response.status}`;
  // 400 is what a token that no header can carry gets.
  const isRefused = response.status === 401 || response.headers.has("www-authenticate");
  throw isRefused ? new TokenNeededError(text) : new Error(text);
}
