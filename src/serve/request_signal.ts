/**
 * What ends the work of a request: its client leaves, or its time is over.
 * @returns A signal whose reason is an `AbortError` for a client that has left, whatever the server
 * that took the request in calls that, and a `TimeoutError` for the time.
 */
export function requestSignal(request: Request, timeoutSeconds: number): AbortSignal {
  const left = new AbortController();
  const leave = () => left.abort(new DOMException("The client has left", "AbortError"));
  if (request.signal.aborted) leave();
  else request.signal.addEventListener("abort", leave, { once: true });
  return AbortSignal.any([left.signal, AbortSignal.timeout(1000 * timeoutSeconds)]);
}

/** The time of a request, from its beginning: its body has to arrive in it too. */
export class Deadline {
  readonly #startedMs = performance.now();
  readonly #request: Request;
  readonly #timeoutSeconds: number;
  /** Ends with the client or the server's own limit, whatever the request asks for. */
  readonly signal: AbortSignal;

  constructor(request: Request, timeoutSeconds: number) {
    this.#request = request;
    this.#timeoutSeconds = timeoutSeconds;
    this.signal = requestSignal(request, timeoutSeconds);
  }

  /** The same, or earlier where the request asks for less time: what has passed counts. */
  within(seconds: number | undefined): AbortSignal {
    if (seconds === undefined) return this.signal;
    return AbortSignal.any([this.signal, requestSignal(this.#request, this.#left(seconds))]);
  }

  /** The same for work that outlives its client: only the time ends it. */
  withoutClient(seconds = this.#timeoutSeconds): AbortSignal {
    const leftSeconds = this.#left(Math.min(seconds, this.#timeoutSeconds));
    return AbortSignal.timeout(1000 * leftSeconds);
  }

  #left(seconds: number): number {
    return Math.max(0, seconds - (performance.now() - this.#startedMs) / 1000);
  }
}
