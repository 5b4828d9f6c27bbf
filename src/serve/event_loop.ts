/**
 * Turns of the event loop until the network has surely been heard. Behind the completions of native
 * code it is heard late: with one turn after each 300 ms of computing and encoders at work beside it, a
 * health check waited 2 to 7 s; with five, 0.2 s.
 */
const TURNS = 5;

/** Lets everything else that waits for the event loop run: requests, signals, device errors. */
export async function yieldToEventLoop(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
