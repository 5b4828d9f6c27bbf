/** `deno task train` in a process of its own, on a data set of generated pictures. */
import { decodeSafetensors } from "../../src/network/safetensors.ts";
import type { EpochRecord } from "../../src/train/history.ts";
import { writeTinyDataset } from "../train/tiny_dataset.ts";
import { TINY_NETWORK } from "../train/tiny_network.ts";
import { taskArguments } from "./run_task.ts";

/** A folder with a data set in `data` and the model `tiny` in `models`. */
export interface Workspace extends AsyncDisposable {
  path: string;
  /** Flags that let a command find data and models. */
  flags: string[];
}

/** Makes a workspace; the model trains in batches of 8. */
export async function makeWorkspace({ train = 20, val = 4 } = {}): Promise<Workspace> {
  const path = await Deno.makeTempDir({ prefix: "polychromify-train-" });
  for (const folder of ["data", "models/tiny"]) {
    await Deno.mkdir(`${path}/${folder}`, { recursive: true });
  }
  await writeTinyDataset(`${path}/data`, { train, val });
  const config = {
    title: "Tiny",
    network: TINY_NETWORK,
    training: { batch: 8, learningRate: 0.01 },
  };
  await Deno.writeTextFile(`${path}/models/tiny/config.json`, JSON.stringify(config));
  return {
    path,
    flags: ["--dir", `${path}/data`, "--models", `${path}/models`],
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** How a command ended. */
export interface Ending {
  code: number;
  signal: Deno.Signal | null;
  stdout: string;
  stderr: string;
}

/** A command at work. */
export interface Started {
  /** Sends a signal as soon as stderr holds a text, and waits for the end. */
  signalAt(text: string, signal: Deno.Signal): Promise<Ending>;
  /** Waits for the end. */
  ending: Promise<Ending>;
}

/** Starts what a task runs, with its permissions; signals reach it, not Deno's task runner. */
export function startScript(name: string, args: string[]): Started {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...taskArguments(name), ...args],
    env: { DENO_NO_PROMPT: "1", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  let onText = () => {};
  const readStderr = async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      onText();
    }
  };
  const end = async (): Promise<Ending> => {
    const stdout = new Response(process.stdout).text();
    await readStderr();
    const { code, signal } = await process.status;
    return { code, signal, stdout: await stdout, stderr };
  };
  const ending = end();
  return {
    ending,
    signalAt: (text, signal) => {
      onText = () => {
        if (!stderr.includes(text)) return;
        onText = () => {};
        process.kill(signal);
      };
      onText();
      return ending;
    },
  };
}

/** Runs a script to its end. */
export async function runScript(name: string, args: string[]): Promise<Ending> {
  return await startScript(name, args).ending;
}

/** Weights and optimizer state of a run. */
export async function readRunArrays(
  runDir: string,
): Promise<Map<string, { values: Float32Array }>> {
  return decodeSafetensors(await Deno.readFile(`${runDir}/checkpoint.safetensors`)).arrays;
}

/** The finished epochs that a run has written. */
export async function readRunHistory(runDir: string): Promise<EpochRecord[]> {
  const text = await Deno.readTextFile(`${runDir}/history.jsonl`);
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

/** The files of a folder, in the order of their names. */
export async function readFolder(dir: string): Promise<[name: string, bytes: Uint8Array][]> {
  const names = (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
  return await Promise.all(
    names.map(async (name) =>
      [name, await Deno.readFile(`${dir}/${name}`)] as [string, Uint8Array]
    ),
  );
}
