/** Somebody whose speed is compared: does a number of units of work and tells how long it took. */
export interface Player {
  /** For the log. */
  name: string;
  /** Images of one unit of work. */
  unitImages: number;
  /** @returns Seconds. */
  work(units: number): Promise<number>;
}

/** How long comparing may take. */
export interface TurnOptions {
  rounds: number;
  /** What one turn should take, as far as its units allow. */
  turnSeconds: number;
  /** A player ends after the turn that exceeds this; every player has one turn at least. */
  budgetSeconds: number;
  log?: (line: string) => void;
}

/** A first turn that is this long need not be repeated: what warms up takes a fraction of it. */
const LONG_TURN_SECONDS = 15;
const MOST_UNITS = 200;

/**
 * Lets players work in turns, round after round, so that whatever else the machine does hits all of
 * them. The first turns warm up and choose the length of the others.
 * @returns Images per second of each player's turns.
 */
export async function takeTurns(
  players: Player[],
  { rounds, turnSeconds, budgetSeconds, log = () => {} }: TurnOptions,
): Promise<number[][]> {
  const rates: number[][] = players.map(() => []);
  const units = players.map(() => 1);
  const spent = players.map(() => 0);
  const turn = async (i: number) => {
    const { name, unitImages, work } = players[i]!;
    const seconds = await work(units[i]!);
    const rate = units[i]! * unitImages / seconds;
    log(`${name}: ${rate.toFixed(1)} images/s`);
    return { seconds, rate };
  };
  for (let i = 0; i < players.length; i++) {
    const { seconds, rate } = await turn(i);
    units[i] = Math.min(Math.max(Math.round(turnSeconds / seconds), 1), MOST_UNITS);
    if (seconds < LONG_TURN_SECONDS) continue;
    rates[i]!.push(rate);
    spent[i] = seconds;
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < players.length; i++) {
      if (rates[i]!.length > round || spent[i]! > budgetSeconds) continue;
      const { seconds, rate } = await turn(i);
      rates[i]!.push(rate);
      spent[i]! += seconds;
    }
  }
  return rates;
}

/** Median; undefined of nothing. */
export function median(values: number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many times as fast one player was as another: median over the rounds that both had. */
export function speedRatio(rates: number[], others: number[] | undefined): number | undefined {
  const both = rates.slice(0, others?.length ?? 0);
  return median(both.map((rate, i) => rate / others![i]!));
}
