/** Colors that a person gives at places of a picture. */
import { rgbToLab } from "../color/lab.ts";

/** A color at a place. */
export interface ColorPoint {
  /** Place in pixels from the left and top; 0 is the middle of the first pixel. */
  x: number;
  y: number;
  /** 8-bit sRGB. */
  rgb: readonly [number, number, number];
  /** How far the color certainly reaches, in pixels; undefined for a fiftieth of the short side. */
  radiusPx?: number;
}

/** Sides of a picture. */
export interface Size {
  widthPx: number;
  heightPx: number;
}

const USUAL_RADIUS = 1 / 50;

/**
 * Reads a point as `x,y,#rrggbb[,radius]`.
 * @throws {SyntaxError} When a part is missing or no number, or the color is no `#rrggbb`.
 */
export function parseColorPoint(text: string): ColorPoint {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length < 3 || parts.length > 4) {
    throw new SyntaxError(`Cannot read color point: must be x,y,#rrggbb[,radius], got ${text}`);
  }
  const [x, y, color, radius] = parts as [string, string, string, string?];
  return colorPointOf({
    x: numberOf(x),
    y: numberOf(y),
    color,
    ...(radius !== undefined && { radius: numberOf(radius) }),
  });
}

/**
 * Reads a list of points in JSON: `[{ "x": 12, "y": 40, "color": "#88aa44", "radius": 5 }]`.
 * @throws {SyntaxError} When it is no such list, naming the entry and what it lacks.
 */
export function parseColorPoints(json: string): ColorPoint[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch (cause) {
    throw new SyntaxError("Cannot read color points: must be JSON", { cause });
  }
  if (!Array.isArray(list)) {
    throw new SyntaxError(`Cannot read color points: must be a list, got ${JSON.stringify(list)}`);
  }
  return list.map((entry, at) => {
    try {
      return colorPointOf(Object(entry));
    } catch (cause) {
      throw new SyntaxError(`Cannot read color points: entry ${at + 1} is no point`, { cause });
    }
  });
}

/**
 * Checks that points lie in a picture.
 * @throws {RangeError} Naming the coordinate, the sides and the value.
 */
export function checkColorPoints(points: readonly ColorPoint[], size: Size): void {
  for (const { x, y } of points) {
    const sides = [["x", x, size.widthPx], ["y", y, size.heightPx]] as const;
    for (const [name, value, side] of sides) {
      if (!(value >= 0 && value <= side - 1)) {
        throw new RangeError(
          `Cannot place color point: ${name} must lie in 0..${side - 1}, got ${value}`,
        );
      }
    }
  }
}

/** a* and b* of a point's color. */
export function abOfPoint({ rgb }: ColorPoint): [a: number, b: number] {
  const { ab } = rgbToLab(Uint8Array.from(rgb), 3);
  return [ab[0]!, ab[1]!];
}

/** How far a point reaches in a picture, in pixels. */
export function radiusOfPoint({ radiusPx }: ColorPoint, { widthPx, heightPx }: Size): number {
  return radiusPx ?? Math.max(0.5, USUAL_RADIUS * Math.min(widthPx, heightPx));
}

/**
 * Draws points as hints for a network that sees a smaller copy of the picture. A point reaches at
 * least the pixel of the copy that it lies in; later points cover earlier ones.
 * @param points Checked against `full`.
 * @returns a*, b* and 1 where a color is given, else 0; shape [small.heightPx * small.widthPx * 3].
 */
export function hintPlanes(
  points: readonly ColorPoint[],
  { full, small }: { full: Size; small: Size },
): Float32Array {
  const hints = new Float32Array(3 * small.widthPx * small.heightPx);
  const [scaleX, scaleY] = [small.widthPx / full.widthPx, small.heightPx / full.heightPx];
  for (const point of points) {
    const [a, b] = abOfPoint(point);
    const [x, y] = [(point.x + 0.5) * scaleX, (point.y + 0.5) * scaleY];
    const radius = radiusOfPoint(point, full);
    for (let row = 0; row < small.heightPx; row++) {
      for (let column = 0; column < small.widthPx; column++) {
        const isOwn = Math.floor(x) === column && Math.floor(y) === row;
        const distance = Math.hypot((column + 0.5 - x) / scaleX, (row + 0.5 - y) / scaleY);
        if (isOwn || distance <= radius) hints.set([a, b, 1], 3 * (row * small.widthPx + column));
      }
    }
  }
  return hints;
}

function colorPointOf(
  { x, y, color, radius, ...others }: Record<string, unknown>,
): ColorPoint {
  const [other] = Object.keys(others);
  if (other !== undefined) refuse("it may have x, y, color and radius alone", other);
  for (const [name, value] of [["x", x], ["y", y]] as const) {
    if (!Number.isFinite(value)) refuse(`${name} must be a number`, value);
  }
  const digits = typeof color === "string" && /^#([0-9a-f]{6})$/i.exec(color)?.[1];
  if (!digits) refuse("color must be #rrggbb", color);
  if (radius !== undefined && !(Number.isFinite(radius) && Number(radius) > 0)) {
    refuse("radius must be a number above 0", radius);
  }
  const [r, g, b] = [...Uint8Array.fromHex(digits)] as [number, number, number];
  return {
    x: Number(x),
    y: Number(y),
    rgb: [r, g, b],
    ...(radius !== undefined && { radiusPx: Number(radius) }),
  };
}

/** The number that a text stands for, else the text, for the error to show. */
function numberOf(text: string): number | string {
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? text : value;
}

function refuse(rule: string, value: unknown): never {
  const got = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw new SyntaxError(`Cannot read color point: ${rule}, got ${got}`);
}
