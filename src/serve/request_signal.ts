/**
 * What ends the work of a request: its client leaves, or its time is over.
 * @param timeoutSeconds No end by time when left out.
 * @returns A signal whose reason is an `AbortError` for a client that has left, whatever the server
 * that took the request in calls that, and a `TimeoutError` for the time.
 */
export function requestSignal(request: Request, timeoutSeconds?: number): AbortSignal {
  const left = new AbortController();
  const leave = () => left.abort(new DOMException("The client has left", "AbortError"));
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  if (timeoutSeconds === undefined) return left.signal;
  return AbortSignal.any([left.signal, AbortSignal.timeout(1000 * timeoutSeconds)]);
}

/** The time of a request, from its beginning: its body has to arrive in it too. */
export class Deadline {
  readonly #startedMs = performance.now();
  readonly #request: Request;
  /** Ends with the client or the server's own limit, whatever the request asks for. */
  readonly signal: AbortSignal;

  constructor(request: Request, timeoutSeconds: number) {
    this.#request = request;
    this.signal = requestSignal(request, timeoutSeconds);
  }

  /** The same, or earlier where the request asks for less time: what has passed counts. */
  within(seconds: number | undefined): AbortSignal {
    if (seconds === undefined) return this.signal;
    const leftSeconds = seconds - (performance.now() - this.#startedMs) / 1000;
    return AbortSignal.any([this.signal, requestSignal(this.#request, Math.max(0, leftSeconds))]);
  }
}
