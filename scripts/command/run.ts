/**
 * What every command shares: flags with help, exit codes, one-line errors.
 * Exit codes: 0 success, 1 failure, 2 wrong usage.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { quietWindowSystem } from "./webgpu_environment.ts";

/** A flag: what `parseArgs` needs, and what `--help` tells. */
export interface Flag {
  type: "string" | "boolean";
  short?: string;
  multiple?: boolean;
  default?: string | boolean;
  /** Name of the value in the help, such as `N` or `DIR`. */
  value?: string;
  help: string;
}

/** A command as its user sees it. */
export interface Command {
  /** As typed: `deno task NAME`. */
  name: string;
  summary: string;
  /** Positional arguments in the usage line, such as `PHOTO...`; empty when there are none. */
  positionals: string;
  flags: Record<string, Flag>;
  /** Whole command lines. */
  examples: string[];
}

/** Parsed flags and positional arguments. */
export interface Arguments {
  values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  positionals: string[];
}

/** Wrong usage: the message names the flag, the value and the rule; ends the command with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Parses flags, answers `--help`, runs `main`, and ends the process.
 * @param main Returns the exit code, or nothing for 0.
 */
export async function runCommand(
  command: Command,
  main: (args: Arguments) => Promise<number | void>,
): Promise<never> {
  try {
    const args = parseCommandLine(command, Deno.args);
    if (args.values.help) {
      console.log(helpText(command));
      Deno.exit(0);
    }
    quietWindowSystem();
    Deno.exit((await main(args)) ?? 0);
  } catch (error) {
    const hint = error instanceof UsageError ? ` (see: deno task ${command.name} --help)` : "";
    const clear = Deno.stderr.isTerminal() ? "\r\x1b[K" : ""; // a progress bar may stand there
    console.error(`${clear}${command.name}: ${errorChain(error)}${hint}`);
    Deno.exit(error instanceof UsageError ? 2 : 1);
  }
}

/**
 * Parses a command line.
 * @throws {UsageError} On an unknown flag, a missing value or an unexpected positional argument.
 */
export function parseCommandLine(command: Command, argv: string[]): Arguments {
  const options: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, flag] of Object.entries({ ...command.flags, help: HELP })) {
    const { type, short, multiple, default: fallback } = flag;
    options[name] = {
      type,
      ...(short && { short }),
      ...(multiple && { multiple }),
      ...(fallback !== undefined && { default: fallback }),
    };
  }
  try {
    const allowPositionals = command.positionals !== "";
    const { values, positionals } = parseArgs({
      args: argv,
      options,
      allowPositionals,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    const problem = parseProblem((error as Error).message, argv);
    throw new UsageError(`Cannot read the command line: ${problem}`);
  }
}

/** What the parser found wrong, in one sentence: its own first one, or a clearer one. */
function parseProblem(message: string, argv: string[]): string {
  const [rule = ""] = message.split(/\.\s/);
  const flag = rule.match(/^Option '(\S+)' argument is ambiguous/)?.[1];
  if (flag === undefined) return rule.replace(/^[A-Z]/, lowerCase);
  const value = argv.find((text, i) => argv[i - 1] === flag && text.startsWith("-"));
  const way = flag.startsWith("--") ? `; to give it that value, write ${flag}=${value}` : "";
  return `${flag} must be followed by a value, got ${value}${way}`;
}

/** The text that `--help` prints. */
export function helpText({ name, summary, positionals, flags, examples }: Command): string {
  const rows = Object.entries({ ...flags, help: HELP }).map(helpRow);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    summary,
    "",
    `Usage: deno task ${name}${positionals && ` ${positionals}`} [flags]`,
    "",
    "Flags:",
    ...rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}

/** One line for an error and its causes, outermost first; a cause already told is left out. */
export function errorChain(error: unknown): string {
  const seen = new Set<unknown>();
  let line = "";
  for (let at = error; at !== undefined && at !== null && !seen.has(at); at = (at as Error).cause) {
    seen.add(at);
    const message = at instanceof Error ? at.message || at.name : String(at);
    if (!line.includes(message)) line += line === "" ? message : `: ${message}`;
  }
  return line.replaceAll(/\s*\n\s*/g, " ");
}

const HELP: Flag = { type: "boolean", short: "h", help: "print this" };

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function helpRow([flag, spec]: [string, Flag]): readonly [left: string, right: string] {
  const { type, short, value = "VALUE", default: fallback, help } = spec;
  const left = `${short ? `-${short}, ` : "    "}--${flag}${type === "string" ? ` ${value}` : ""}`;
  return [left, fallback === undefined ? help : `${help} (default: ${fallback})`];
}
