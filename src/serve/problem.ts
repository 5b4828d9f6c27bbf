/** Errors as clients see them: problem details in JSON (RFC 9457). */
import type { Context } from "hono";
import { ModelNotFoundError } from "../colorize/model.ts";
import { ImageError } from "../image/errors.ts";

const TITLES = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** A status that we answer errors with. */
export type ProblemStatus = keyof typeof TITLES;

const IMAGE_STATUS = { "unsupported": 415, "too-large": 413, "malformed": 422 } as const;

/** A refusal with its HTTP status; the message is for the client to read. */
export class ProblemError extends Error {
  override name = "ProblemError";
  constructor(readonly status: ProblemStatus, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** What an error means to a client; one that is not the client's to know of becomes a plain 500. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof ImageError) {
    return new ProblemError(IMAGE_STATUS[error.reason], error.message, { cause: error });
  }
  if (error instanceof ModelNotFoundError) {
    return new ProblemError(404, error.message, { cause: error });
  }
  return new ProblemError(500, "The server failed; its log tells more under this request id", {
    cause: error,
  });
}

/**
 * Answers with problem details.
 * @param headers Further headers, such as `Allow`.
 */
export function answerProblem(
  c: Context,
  { status, message }: ProblemError,
  headers: Record<string, string> = {},
): Response {
  return c.json(
    {
      type: "about:blank", // RFC 9457, 4.2.1: the status says it all
      title: TITLES[status],
      status,
      detail: message,
      instance: c.req.path,
      requestId: c.get("requestId"),
    },
    status,
    { ...headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  );
}
