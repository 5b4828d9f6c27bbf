import { assertEquals, assertMatch } from "@std/assert";
import { formatDuration, startProgress } from "../../../scripts/command/progress.ts";

/** What `work` prints on stderr by the console, line by line. */
function printed(work: () => void): string[] {
  const original = console.error;
  const lines: string[] = [];
  console.error = (line: string) => lines.push(line);
  try {
    work();
  } finally {
    console.error = original;
  }
  return lines;
}

Deno.test("formatDuration() gives minutes and seconds, hours where there are any", () => {
  assertEquals([0, 59.6, 61, 3723].map(formatDuration), ["0:00", "1:00", "1:01", "1:02:03"]);
  assertEquals(formatDuration(-1), "0:00");
});

Deno.test("startProgress() prints few plain lines on a pipe: the first and the last", () => {
  const lines = printed(() => {
    const progress = startProgress("train", { total: 1000, unit: "images", terminal: false });
    for (let done = 1; done <= 1000; done++) progress.update(done, "loss 0.5");
    progress.stop();
  });
  assertEquals(lines.length, 2);
  assertMatch(lines[0]!, /^train 1\/1000 images · \d+\.\d\/s · ETA \d+:\d\d · loss 0\.5$/);
  assertMatch(lines[1]!, /^train 1000\/1000 images .* ETA 0:00 · loss 0\.5$/);
});

Deno.test("startProgress() tells on a pipe how far work came that stopped early", () => {
  const lines = printed(() => {
    const progress = startProgress("train", { total: 9, unit: "images", terminal: false });
    progress.update(1);
    progress.update(2);
    progress.log("stopping");
    progress.stop();
    progress.stop();
  });
  assertEquals(lines.map((line) => line.split(" ·")[0]), [
    "train 1/9 images",
    "stopping",
    "train 2/9 images",
  ]);
});

Deno.test("startProgress() counts only its own work for the speed", () => {
  const [line] = printed(() => {
    startProgress("train", { total: 100, unit: "images", start: 90, terminal: false }).update(90);
  });
  assertMatch(line!, /^train 90\/100 images · 0\.0\/s · ETA \?$/);
});
