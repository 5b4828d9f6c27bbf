/** Pictures from elsewhere, for operators who name the hosts; nothing else is ever fetched. */
import { ProblemError } from "./problem.ts";
import { readBody, type ReadBodyOptions } from "./read_body.ts";

/** Where pictures may come from, and how large they may be. */
export interface FetchOptions extends ReadBodyOptions {
  /** `HOST` or `HOST:PORT`, as in an address; none allows no fetching at all. */
  hosts: readonly string[];
}

const MOST_REDIRECTS = 3;

/**
 * Fetches a picture from a host that is allowed. Redirects are followed to such hosts alone.
 * @throws {ProblemError} 403 for any other host, 422 for what is no address of HTTP, 502 when the
 * host does not answer with a file, 413 over the limit.
 */
export async function fetchPicture(
  text: string,
  { hosts, ...limits }: FetchOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let url = checkedUrl(text, hosts);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await answerOf(url, limits.signal);
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      url = checkedUrl(URL.parse(location, url)?.href ?? location, hosts);
      continue;
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new ProblemError(502, `Cannot fetch ${url.host}: it answered ${response.status}`);
    }
    return await readAnswer(response, limits);
  }
  throw new ProblemError(502, `Cannot fetch ${url.host}: more than ${MOST_REDIRECTS} redirects`);
}

async function readAnswer(
  response: Response,
  limits: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBody(response, limits);
  } catch (cause) {
    if (!(cause instanceof ProblemError) || cause.status !== 400) throw cause;
    const host = URL.parse(response.url)?.host;
    throw new ProblemError(502, `Cannot fetch ${host}: its answer broke off`, { cause });
  }
}

function checkedUrl(text: string, hosts: readonly string[]): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    const got = JSON.stringify(text.slice(0, 200));
    throw new ProblemError(422, `Cannot use option url: must be an address of HTTP, got ${got}`);
  }
  if (hosts.includes(url.host)) return url;
  throw new ProblemError(403, `Cannot fetch from ${url.host}: this server may not`);
}

async function answerOf(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { redirect: "manual", signal, headers: { accept: "image/*" } });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ProblemError(502, `Cannot fetch ${url.host}: it does not answer`, { cause });
  }
}
