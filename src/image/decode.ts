/** Bytes from anywhere -> picture. The one place where untrusted bytes are decoded. */
import { Image } from "imagescript";
import sharp, { type Metadata, type Sharp } from "sharp";
import { ImageError } from "./errors.ts";
import { checkBytes, checkHeader, DEFAULT_LIMITS, type ImageLimits } from "./limits.ts";
import { type InputFormat, sniffFormat } from "./sniff.ts";

// libvips reads far more formats, some of which (SVG, PDF) can open other files. Whatever the
// header checks below might miss, only these readers of buffers exist in this process.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Png", "Jpeg", "Webp", "Heif", "Tiff", "Nsgif"].map((format) =>
    `VipsForeignLoad${format}Buffer`
  ),
});
sharp.cache(false); // it would keep old pictures for calls that never repeat

/** What a refusal calls the picture, and how large it may be. */
export interface DecodeOptions {
  /** The name in messages, such as the file's; "picture" by default. */
  name?: string;
  /** Replaces single values of `DEFAULT_LIMITS`. */
  limits?: Partial<ImageLimits>;
}

/**
 * Decodes a PNG, JPEG, WebP, AVIF, TIFF or GIF: its first frame or page, turned upright by its EXIF
 * orientation, as 8-bit sRGB by its embedded color profile, with its alpha (255 where it has none).
 * Runs off the main thread. CMYK without a profile is read as common offset printing.
 * @returns A picture whose `bitmap` is RGBA, shape [height * width * 4], not premultiplied.
 * @throws {ImageError} `unsupported` when it is none of the six, `too-large` over a limit, else
 * `malformed`: empty, damaged, or cut short, be it by a byte.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { name = "picture", limits = {} }: DecodeOptions = {},
): Promise<Image> {
  const allLimits = { ...DEFAULT_LIMITS, ...limits };
  const format = checkFormat(name, bytes);
  checkBytes(name, bytes.length, allLimits);
  try {
    // The header alone. Our own check can name the sides, which libvips does not.
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkHeader(name, header, allLimits);
    return await decodePixels(bytes, header, allLimits.maxPixels);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(
      "malformed",
      `Cannot decode ${name}: must be a whole, undamaged ${format}, got "${reasonOf(error)}"`,
      { cause: error },
    );
  }
}

function checkFormat(name: string, bytes: Uint8Array): InputFormat {
  if (bytes.length === 0) {
    throw new ImageError("malformed", `Cannot decode ${name}: must not be empty, got 0 bytes`);
  }
  const format = sniffFormat(bytes);
  if (format) return format;
  const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0"));
  throw new ImageError(
    "unsupported",
    `Cannot decode ${name}: must be PNG, JPEG, WebP, AVIF, TIFF or GIF, got a file that starts ` +
      `with bytes ${start.join(" ")}`,
  );
}

async function decodePixels(
  bytes: Uint8Array,
  { hasProfile, space }: Metadata,
  maxPixels: number,
): Promise<Image> {
  const options = { limitInputPixels: maxPixels, failOn: "error" } as const;
  let picture = sharp(bytes, options);
  // sharp turns profiles into sRGB, except for 16-bit pictures: it leaves colors in Display P3, ...
  if (hasProfile && space === "rgb16") picture = picture.withIccProfile("srgb");
  // ... and ignores profiles of gray, but not with 8 bits.
  if (hasProfile && space === "grey16") picture = sharp(await reduceGray(picture), options);
  const { data, info } = await picture
    .autoOrient()
    .toColourspace("srgb")
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`${info.channels} channels`);
  const image = new Image(info.width, info.height);
  image.bitmap.set(data);
  return image;
}

/** The same picture with 8 bits, upright, with its profile: a TIFF keeps even a damaged one. */
function reduceGray(picture: Sharp): Promise<Uint8Array> {
  return picture.autoOrient().toColourspace("b-w").keepIccProfile().tiff({ compression: "none" })
    .toBuffer();
}

/** The first line of what libvips says, without sharp's preamble. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ""] = text.replace(/^Input buffer has corrupt header:\s*/, "").split("\n");
  return line || "corrupt header";
}
