/** Progress of long work on stderr: a bar on a terminal, plain lines on a pipe. */
import { Format, SingleBar } from "cli-progress";

/** How a command reports progress. */
export interface Progress {
  /** Sets the work done so far, and extra text such as `loss 0.0123`. */
  update(done: number, text?: string): void;
  /** Prints a line of its own without tearing the bar. */
  log(line: string): void;
  /** Finishes the bar. */
  stop(): void;
}

const PLAIN_INTERVAL_MS = 5000;

/** What a progress display counts. */
export interface ProgressOptions {
  /** Units of work in all. */
  total: number;
  /** Name of the unit, plural, such as `images`. */
  unit: string;
  /** Units done before, by a run that this one resumes: they count for no speed. */
  start?: number;
  /** Whether to draw a bar; by default, whether stderr is a terminal. */
  terminal?: boolean;
}

/**
 * Starts a progress display.
 * @param label What is going on, in a word or two.
 */
export function startProgress(
  label: string,
  { total, unit, start = 0, terminal = Deno.stderr.isTerminal() }: ProgressOptions,
): Progress {
  const startedMs = performance.now();
  const line = (done: number, text: string) => {
    const seconds = (performance.now() - startedMs) / 1000;
    const rate = seconds > 0 ? (done - start) / seconds : 0;
    const eta = rate > 0 ? formatDuration((total - done) / rate) : "?";
    return `${done}/${total} ${unit} · ${rate.toFixed(1)}/s · ETA ${eta}${text && ` · ${text}`}`;
  };
  return (terminal ? barProgress : plainProgress)(label, { total, start, line });
}

/** Seconds as `1:02:03` or `2:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(m).padStart(h > 0 ? 2 : 1, "0")}:${String(s).padStart(2, "0")}`;
  return h > 0 ? `${h}:${tail}` : tail;
}

interface Display {
  total: number;
  start: number;
  line(done: number, text: string): string;
}

function barProgress(label: string, { total, start, line }: Display): Progress {
  const format = (options: object, params: { progress: number }, payload: { line?: string }) =>
    `${label} ${Format.BarFormat(params.progress, options)} ${payload.line ?? ""}`;
  const bar = new SingleBar({ format, barsize: 24, clearOnComplete: false });
  bar.start(total, start, { line: line(start, "") });
  return {
    update: (done, text = "") => bar.update(done, { line: line(done, text) }),
    log: (message) => console.error(`\r\x1b[K${message}`),
    stop: () => bar.stop(),
  };
}

function plainProgress(label: string, { total, line }: Display): Progress {
  let printedMs = -Infinity;
  let last = "";
  return {
    update: (done, text = "") => {
      last = `${label} ${line(done, text)}`;
      if (performance.now() - printedMs < PLAIN_INTERVAL_MS && done < total) return;
      printedMs = performance.now();
      console.error(last);
      last = "";
    },
    log: (message) => console.error(message),
    stop: () => {
      if (last) console.error(last);
      last = "";
    },
  };
}
