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
