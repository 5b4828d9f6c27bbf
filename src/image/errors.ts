/** Why a picture was refused: a kind we do not read, over a limit, or damaged. */
export type ImageErrorReason = "unsupported" | "too-large" | "malformed";

/** A picture that cannot be read or written; the message names it, the rule and the value. */
export class ImageError extends Error {
  override readonly name = "ImageError";

  constructor(readonly reason: ImageErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
