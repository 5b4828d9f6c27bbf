/** Errors as clients see them: problem details in JSON (RFC 9457). */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ModelNotFoundError } from "../colorize/model.ts";
import { ImageError } from "../image/errors.ts";
import { PicturePoolStopped } from "./pictures/picture_pool.ts";
import { PictureOptionError } from "./pictures/pooled_picture.ts";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  499: "Client Closed Request",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
} as const;

/** A status that we answer errors with. */
export type ProblemStatus = keyof typeof TITLES;

const IMAGE_STATUS = { "unsupported": 415, "too-large": 413, "malformed": 422 } as const;

/** A refusal with its HTTP status; the message is for the client to read. */
export class ProblemError extends Error {
  override name = "ProblemError";
  /** Further headers of the answer, such as `Retry-After`. */
  readonly headers: Record<string, string>;

  constructor(
    readonly status: ProblemStatus,
    message: string,
    { headers = {}, ...options }: ErrorOptions & { headers?: Record<string, string> } = {},
  ) {
    super(message, options);
    this.headers = headers;
  }

  /** The status in words. */
  get title(): string {
    return TITLES[this.status];
  }
}

/** A refusal that ends by itself, and after how many seconds to try again. */
export function retryLater(status: 429 | 503, message: string, seconds: number): ProblemError {
  return new ProblemError(status, message, { headers: { "retry-after": String(seconds) } });
}

/** What an error means to a client; one that is not the client's to know of becomes a plain 500. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof PictureOptionError) {
    return new ProblemError(422, error.message, { cause: error });
  }
  if (error instanceof PicturePoolStopped) {
    return new ProblemError(503, error.message, { cause: error });
  }
  if (error instanceof ImageError) {
    return new ProblemError(IMAGE_STATUS[error.reason], error.message, { cause: error });
  }
  if (error instanceof ModelNotFoundError) {
    return new ProblemError(404, error.message, { cause: error });
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ProblemError(504, "Cannot colorize: the time for it is over", { cause: error });
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return new ProblemError(499, "Cannot colorize: the client has left", { cause: error });
  }
  return new ProblemError(500, "The server failed; its log tells more under this request id", {
    cause: error,
  });
}

/** Answers with problem details. */
export function answerProblem(c: Context, problem: ProblemError): Response {
  c.set("problem", problem);
  const { status, title, message, headers } = problem;
  return c.json(
    {
      type: "about:blank", // RFC 9457, 4.2.1: the status says it all
      title,
      status,
      detail: message,
      instance: c.req.path,
      requestId: c.get("requestId"),
    },
    status as ContentfulStatusCode,
    { ...headers, "content-type": "application/problem+json", "cache-control": "no-store" },
  );
}
