/** What stands before the routes: who may ask, how often, and what browsers may do with answers. */
import type { Context, Hono } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { bearerAuth } from "hono/bearer-auth";
import { cors } from "hono/cors";
import { getConnInfo } from "hono/deno";
import { secureHeaders } from "hono/secure-headers";
import { ProblemError, retryLater } from "./problem.ts";

/** Who may ask, and how often. */
export interface GuardOptions {
  /** Any of these opens the routes of work; several, to change them. None lets everyone in. */
  tokens?: readonly string[] | undefined;
  /** Requests of a client in a minute; undefined for any number. */
  requestsPerMinute?: number | undefined;
  /** Origins whose pages may ask; none unless told. */
  corsOrigins?: readonly string[] | undefined;
}

/** Routes that do work; health, metrics and pages stay open. */
const WORK = ["/v1/*", "/v2/models/*", "/predictions/*", "/predictions", "/hf/*"];

const EXPOSED = ["ETag", "Server-Timing", "Retry-After", "X-Request-Id"] as const;

const MINUTE_MS = 60_000;

/** Puts the guards before all routes that follow. */
// deno-lint-ignore no-explicit-any -- any environment: only `env` and headers are read
export function addGuards(app: Hono<any>, options: GuardOptions): void {
  const { tokens, requestsPerMinute, corsOrigins } = options;
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      connectSrc: ["'self'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  }));
  if (corsOrigins?.length) app.use("/models", shareWith(corsOrigins));
  for (const path of WORK) {
    if (corsOrigins?.length) app.use(path, shareWith(corsOrigins));
    if (requestsPerMinute) app.use(path, limitRate(requestsPerMinute));
    if (tokens?.length) {
      app.use(path, bearerAuth({ verifyToken: (token) => isKnown(token, tokens) }));
    }
  }
}

/** Lets pages of these origins ask, and read what else an answer tells. */
function shareWith(origins: readonly string[]) {
  return cors({ origin: [...origins], exposeHeaders: [...EXPOSED] });
}

function limitRate(requestsPerMinute: number) {
  return rateLimiter({
    windowMs: MINUTE_MS,
    limit: requestsPerMinute,
    standardHeaders: "draft-7",
    keyGenerator: (c) => addressOf(c),
    handler: (c) => {
      const seconds = Number(c.res.headers.get("retry-after") ?? MINUTE_MS / 1000);
      const most = `${requestsPerMinute} requests in a minute`;
      throw retryLater(429, `Cannot take the request in: must be at most ${most}`, seconds);
    },
  });
}

/** Behind a proxy all clients have its address: limit them there. */
function addressOf(c: Context): string {
  return getConnInfo(c).remote.address ?? "unknown";
}

/** Compares with every token, in a time that tells nothing of them: hashes, and no early end. */
async function isKnown(token: string, tokens: readonly string[]): Promise<boolean> {
  const own = await sha256(token);
  let known = false;
  for (const other of await Promise.all(tokens.map(sha256))) {
    let difference = 0;
    for (let i = 0; i < own.length; i++) difference |= own[i]! ^ other[i]!;
    known ||= difference === 0;
  }
  return known;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** What a guard of the library has thrown, as a problem; undefined when it is none. */
export function guardProblem(error: unknown): ProblemError | undefined {
  const { res } = Object(error) as { res?: Response };
  if (!(res instanceof Response)) return undefined;
  const challenge = res.headers.get("www-authenticate");
  if (!challenge) return undefined;
  const status = res.status === 400 ? 400 : 401;
  const rule = "Authorization must be Bearer with a token that the server knows";
  return new ProblemError(status, `Cannot let you in: ${rule}`, {
    headers: { "www-authenticate": challenge },
    cause: error,
  });
}
