/** Downloads of colorized pictures. */
/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./coloring.js").Coloring} Coloring */

const EXTENSIONS = { jpeg: "jpg", png: "png", webp: "webp", avif: "avif" };
/** Where the server has the packing of ZIPs; loaded when it is first needed. */
const ZIP_MODULE = "/web/fflate.js";
/** A download must have begun before its address goes. */
const KEEP_MS = 60_000;

/**
 * Downloads one picture at full size.
 * @param {Coloring} coloring
 * @param {Photo} photo
 * @param {string} format
 */
export async function savePhoto(coloring, photo, format) {
  download(await coloring.save(photo, format), nameOf(photo, format));
}

/**
 * Downloads all pictures at full size, in one ZIP.
 * @param {Coloring} coloring
 * @param {Photo[]} photos
 * @param {{ format: string, onProgress: (index: number) => void }} options
 */
export async function savePhotos(coloring, photos, { format, onProgress }) {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  for (const [i, photo] of photos.entries()) {
    onProgress(i);
    const blob = await coloring.save(photo, format);
    let name = nameOf(photo, format);
    while (files[name]) name = `_${name}`;
    files[name] = new Uint8Array(await blob.arrayBuffer());
  }
  const { zipSync } = await import(ZIP_MODULE);
  download(new Blob([zipSync(files, { level: 0 })]), "colorized.zip");
}

/** @param {Photo} photo @param {string} format */
function nameOf(photo, format) {
  const extension = EXTENSIONS[/** @type {keyof typeof EXTENSIONS} */ (format)];
  return `${photo.file.name.replace(/\.[^.]*$/, "")}-color.${extension}`;
}

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}
