import { retryLater } from "./problem.ts";

/** How much is taken in at the same time. */
export interface AdmissionLimits {
  /** Requests, those that wait included. */
  maxRequests: number;
  /** Bytes of the bodies of those requests. */
  maxQueuedBytes: number;
}

/** A request that was taken in; disposing it makes room. */
export interface Ticket extends Disposable {
  /** Counts bytes of its body. @throws {ProblemError} 503 when the others leave no room for them. */
  addBytes(bytes: number): void;
}

/** Completions that the estimate of the waiting time looks back on. */
const REMEMBERED = 16;
const LONGEST_WAIT_SECONDS = 60;

/** Takes requests in while there is room, and tells the others when to come back. */
export class Admission {
  readonly #limits: AdmissionLimits;
  /** Time between one completion and the next while requests were at hand. */
  readonly #pacesMs: number[] = [];
  #paceSinceMs = 0;
  #requests = 0;
  #bytes = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** Requests at hand. */
  get depth(): number {
    return this.#requests;
  }

  /**
   * Takes a request in.
   * @throws {ProblemError} 503 with `Retry-After` when there is no room.
   */
  enter(): Ticket {
    const { maxRequests } = this.#limits;
    if (this.#requests >= maxRequests) throw this.#full(`${maxRequests} requests are at hand`);
    if (this.#requests++ === 0) this.#paceSinceMs = performance.now();
    let own = 0;
    let isOpen = true;
    return {
      addBytes: (bytes) => {
        if (this.#bytes + bytes > this.#limits.maxQueuedBytes) {
          throw this.#full("the requests at hand leave no room for more bytes");
        }
        own += bytes;
        this.#bytes += bytes;
      },
      [Symbol.dispose]: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#requests--;
        this.#bytes -= own;
        this.#notePace();
      },
    };
  }

  #notePace(): void {
    const nowMs = performance.now();
    this.#pacesMs.push(nowMs - this.#paceSinceMs);
    if (this.#pacesMs.length > REMEMBERED) this.#pacesMs.shift();
    this.#paceSinceMs = nowMs;
  }

  #full(reason: string) {
    return retryLater(503, `Cannot take the request in: ${reason}`, this.retryAfterSeconds());
  }

  /** How long the requests at hand will take, by the pace of the last ones; whole seconds. */
  retryAfterSeconds(): number {
    const meanMs = this.#pacesMs.reduce((sum, ms) => sum + ms, 0) / (this.#pacesMs.length || 1);
    const seconds = Math.ceil(meanMs * this.#requests / 1000);
    return Math.min(LONGEST_WAIT_SECONDS, Math.max(1, seconds));
  }
}
