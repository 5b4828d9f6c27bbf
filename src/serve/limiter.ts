/** Runs a task as soon as there is room, in the order of the calls. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Lets at most `limit` tasks run at the same time; the others wait. A task that fails makes room
 * like one that succeeds.
 */
export function createLimiter(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The room goes straight to the next in line, so that no newcomer can take it in between.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
