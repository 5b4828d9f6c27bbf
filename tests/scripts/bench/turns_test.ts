import { assertAlmostEquals, assertEquals } from "@std/assert";
import { median, speedRatio, takeTurns } from "../../../scripts/bench/turns.ts";

/** A player that takes `seconds` for a unit of ten images, and tells of each turn. */
function player(name: string, seconds: number, turns: string[]) {
  const work = (units: number) => {
    turns.push(`${name}${units}`);
    return Promise.resolve(units * seconds);
  };
  return { name, unitImages: 10, work };
}

Deno.test("takeTurns() warms up, then goes round with turns of the same length", async () => {
  const turns: string[] = [];
  const players = [player("a", 0.5, turns), player("b", 2, turns), player("c", 0.001, turns)];
  const rates = await takeTurns(players, { rounds: 2, turnSeconds: 2, budgetSeconds: 10 });
  assertEquals(turns.slice(0, 3), ["a1", "b1", "c1"]);
  assertEquals(turns.slice(3), ["a4", "b1", "c200", "a4", "b1", "c200"]);
  assertEquals(rates.map(({ length }) => length), [2, 2, 2]);
  assertAlmostEquals(rates[0]![1]!, 20);
});

Deno.test("takeTurns() gives slow players fewer turns, and counts a long first one", async () => {
  const turns: string[] = [];
  const players = [player("a", 1, turns), player("slow", 40, turns)];
  const rates = await takeTurns(players, { rounds: 3, turnSeconds: 1, budgetSeconds: 2.5 });
  assertEquals(turns, ["a1", "slow1", "a1", "a1", "a1"]);
  assertEquals(rates, [[10, 10, 10], [0.25]]);
});

Deno.test("takeTurns() gives everybody a turn, whatever the budget", async () => {
  const turns: string[] = [];
  const rates = await takeTurns([player("a", 1, turns)], {
    rounds: 3,
    turnSeconds: 1,
    budgetSeconds: 0,
  });
  assertEquals(rates, [[10]]);
});

Deno.test("speedRatio() compares the rounds that both had", () => {
  assertEquals(speedRatio([10, 30, 20], [10, 10, 10]), 2);
  assertEquals(speedRatio([10, 30, 20], [5]), 2);
  assertEquals(speedRatio([10], []), undefined);
  assertEquals(speedRatio([10], undefined), undefined);
});

Deno.test("median() is the middle value, or the mean of both", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([]), undefined);
});
