/** Something that was asked for, and what was made of it. */
export interface Made<Request, Result> {
  request: Request;
  result: Result;
}

/** Makes results in the order of their requests, a bounded number ahead of need. */
export class ReadAhead<Request, Result> {
  readonly #requests: Iterator<Request, undefined>;
  readonly #make: (request: Request) => Promise<Result>;
  readonly #ahead: number;
  readonly #started: Made<Request, Promise<Result>>[] = [];
  /** Time that `next` took so far: what making was not ahead enough for. */
  waitedMs = 0;

  /**
   * @param options.make Called in the order of the requests; may run in another thread.
   * @param options.ahead Results in the making while one is used; 0 makes each when it is needed.
   */
  constructor(
    requests: Iterator<Request, undefined>,
    { make, ahead }: { make: (request: Request) => Promise<Result>; ahead: number },
  ) {
    this.#requests = requests;
    this.#make = make;
    this.#ahead = ahead;
  }

  /**
   * Waits for the next result.
   * @returns Undefined after the last one.
   * @throws {unknown} What `make` threw for this request, in its turn and no earlier.
   */
  async next(): Promise<Made<Request, Result> | undefined> {
    const startMs = performance.now();
    this.#fill();
    const first = this.#started.shift();
    try {
      return first && { request: first.request, result: await first.result };
    } finally {
      this.waitedMs += performance.now() - startMs;
    }
  }

  #fill(): void {
    while (this.#started.length <= this.#ahead) {
      const { value: request, done } = this.#requests.next();
      if (done) return;
      const result = this.#make(request!);
      result.catch(() => {}); // `next` throws it when its turn has come
      this.#started.push({ request: request!, result });
    }
  }
}
