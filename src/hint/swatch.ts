/** Parts of two pictures that a person has paired. */

/** A part of a picture, in whole pixels. */
export interface Rectangle {
  x: number;
  y: number;
  widthPx: number;
  heightPx: number;
}

/** Two parts that show the same. */
export interface Swatch {
  /** Of the picture without colors. */
  target: Rectangle;
  /** Of the picture that has them. */
  source: Rectangle;
}

/** Sides of a picture. */
interface Size {
  widthPx: number;
  heightPx: number;
}

/**
 * Reads a swatch as `x,y,width,height=x,y,width,height`: the part of the target, then that of the
 * reference.
 * @throws {SyntaxError} When a part is missing or no whole number, or a side is 0.
 */
export function parseSwatch(text: string): Swatch {
  const parts = text.split("=");
  if (parts.length !== 2) {
    throw new SyntaxError(`Cannot read swatch: must be x,y,w,h=x,y,w,h, got ${text}`);
  }
  const [target, source] = parts.map(parseRectangle) as [Rectangle, Rectangle];
  return { target, source };
}

/**
 * Checks that both parts lie in their pictures.
 * @throws {RangeError} Naming the picture, its sides and the part.
 */
export function checkSwatch(
  swatch: Swatch,
  { target, reference }: { target: Size; reference: Size },
): void {
  const parts = [["target", swatch.target, target], [
    "reference",
    swatch.source,
    reference,
  ]] as const;
  for (const [name, part, size] of parts) {
    const { x, y, widthPx, heightPx } = part;
    const fits = x >= 0 && y >= 0 && widthPx >= 1 && heightPx >= 1 &&
      x + widthPx <= size.widthPx && y + heightPx <= size.heightPx;
    if (!fits || ![x, y, widthPx, heightPx].every(Number.isInteger)) {
      throw new RangeError(
        `Cannot use swatch: its part of the ${name} must lie in ${size.widthPx} x ` +
          `${size.heightPx} pixels, got ${[x, y, widthPx, heightPx]}`,
      );
    }
  }
}

function parseRectangle(text: string): Rectangle {
  const numbers = /^\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*$/.exec(text)?.slice(1);
  const [x, y, widthPx, heightPx] = (numbers ?? []).map(Number) as [number, number, number, number];
  if (!numbers || widthPx === 0 || heightPx === 0) {
    throw new SyntaxError(
      `Cannot read swatch: a part must be x,y,w,h in whole pixels, w and h above 0, got ${text}`,
    );
  }
  return { x, y, widthPx, heightPx };
}
