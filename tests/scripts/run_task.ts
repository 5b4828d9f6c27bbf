/** Tasks of deno.json in processes of their own, with their own permissions. */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The tasks by their names. */
export const TASKS: Record<string, { description: string; command: string }> =
  JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)).tasks;

/** How a command ended. */
export interface TaskResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `deno task NAME` to its end, in the project's folder. */
export async function runTask(name: string, args: string[]): Promise<TaskResult> {
  return await runDeno(["task", "--quiet", name, ...args], ROOT);
}

/** Runs what a task runs, in another folder. */
export async function runTaskIn(cwd: string, name: string, args: string[]): Promise<TaskResult> {
  return await runDeno([...taskArguments(name), ...args], cwd);
}

/** What to give to Deno, in any folder, for what a task runs: its permissions and its script. */
export function taskArguments(name: string): string[] {
  const [program, ...args] = TASKS[name]!.command.split(" ");
  if (program !== "deno") throw new TypeError(`Cannot run ${name}: must be deno, got ${program}`);
  return args.map((arg) => arg.replace(/^(?=scripts\/)|(?<=^--allow-ffi=)/, ROOT));
}

async function runDeno(args: string[], cwd: string): Promise<TaskResult> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { DENO_NO_PROMPT: "1", NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
