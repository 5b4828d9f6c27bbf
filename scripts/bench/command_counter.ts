/** What a thread has asked of its GPU. */
export interface CommandCounts {
  /** Runs of compute shaders. */
  dispatches: number;
  /** Submissions of command buffers to the queue. */
  submits: number;
}

/** Counts the GPU commands of this thread, whoever gives them, until it is stopped. */
export class CommandCounter {
  readonly counts: CommandCounts = { dispatches: 0, submits: 0 };
  readonly #restore: (() => void)[];

  constructor() {
    const { counts } = this;
    this.#restore = [
      tap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => counts.dispatches++),
      tap(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", () => counts.dispatches++),
      tap(GPUQueue.prototype, "submit", () => counts.submits++),
    ];
  }

  /** Ends counting. */
  stop(): CommandCounts {
    for (const restore of this.#restore.splice(0)) restore();
    return this.counts;
  }
}

/** Calls back at every call of a method; gives what puts the method back. */
function tap(prototype: object, name: string, onCall: () => void): () => void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const method = methods[name]!;
  methods[name] = function (...args) {
    onCall();
    return method.apply(this, args);
  };
  return () => void (methods[name] = method);
}
