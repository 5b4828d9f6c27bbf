import { buildNetwork } from "../network/build.ts";
import { parseNetworkConfig } from "../network/config.ts";
import type { Network } from "../network/network.ts";
import { loadWeights } from "../network/weights.ts";

/** A network with trained weights, ready to predict. */
export interface Model {
  /** The folder's name. */
  name: string;
  title: string;
  network: Network;
}

/** What a model folder holds, without loading its weights. */
export interface ModelInfo {
  name: string;
  title: string;
  /** Weights in all; 0 for a constant. */
  parameters: number;
  /** Whether it can be loaded: its weights are there, or it has none to learn. */
  hasWeights: boolean;
  /** Whether it predicts distributions, and so takes hints and vividness. */
  takesHints: boolean;
}

/** There is no such model, or it is not trained yet; the message names those there are. */
export class ModelNotFoundError extends RangeError {
  override name = "ModelNotFoundError";
}

/**
 * Loads `modelsDir/NAME/config.json` and its `weights.safetensors`.
 * @throws {ModelNotFoundError} When the model is unknown or has no weights.
 * @throws {SyntaxError} When a file is damaged, naming it.
 */
export async function loadModel(modelsDir: string, name: string): Promise<Model> {
  const known = await listModelNames(modelsDir);
  // Only names found in the folder are ever joined to a path, so none can lead out of it.
  if (!known.includes(name)) {
    const got = JSON.stringify(name);
    throw new ModelNotFoundError(
      `Cannot load model: must be one of ${
        known.join(", ") || "none, as none is there"
      }, got ${got}`,
    );
  }
  const { title, network } = await readConfig(modelsDir, name);
  if (network.parameterCount > 0) await readWeightsInto(network, { modelsDir, name });
  return { name, title, network };
}

/**
 * Names what a model predicts by: the SHA-256 of its configuration and weights.
 * @param name Of a model that was loaded.
 */
export async function modelVersion(modelsDir: string, name: string): Promise<string> {
  const files = [configPath(modelsDir, name), weightsPath(modelsDir, name)];
  const bytes = await Promise.all(
    files.map(async (path) => await isFile(path) ? await Deno.readFile(path) : new Uint8Array()),
  );
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(bytes).arrayBuffer());
  return new Uint8Array(hash).toHex();
}

/**
 * Lists the models of a folder in the order of their names.
 * @throws {SyntaxError} When a config is damaged, naming it.
 */
export async function listModels(modelsDir: string): Promise<ModelInfo[]> {
  const infos: ModelInfo[] = [];
  for (const name of await listModelNames(modelsDir)) {
    const { title, network } = await readConfig(modelsDir, name);
    const parameters = network.parameterCount;
    network.dispose();
    const hasWeights = parameters === 0 || await isFile(weightsPath(modelsDir, name));
    const takesHints = network.palette !== undefined;
    infos.push({ name, title, parameters, hasWeights, takesHints });
  }
  return infos;
}

/**
 * The names of all folders of models, sorted.
 * @throws {Error} When the folder cannot be read, naming it.
 */
export async function listModelNames(modelsDir: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(modelsDir)) {
      if (await isFile(configPath(modelsDir, name))) names.push(name);
    }
  } catch (cause) {
    throw new Error(`Cannot list models: ${modelsDir} must be a folder that can be read`, {
      cause,
    });
  }
  return names.sort();
}

async function readConfig(
  modelsDir: string,
  name: string,
): Promise<{ title: string; network: Network }> {
  const path = configPath(modelsDir, name);
  try {
    const config: unknown = JSON.parse(await Deno.readTextFile(path));
    const { title, network } = Object(config) as { title?: unknown; network?: unknown };
    return {
      title: typeof title === "string" ? title : name,
      network: buildNetwork(parseNetworkConfig(network), { seed: "blank" }),
    };
  } catch (cause) {
    throw new SyntaxError(`Cannot load model ${name}: ${path} must be a model's config`, { cause });
  }
}

async function readWeightsInto(
  network: Network,
  { modelsDir, name }: { modelsDir: string; name: string },
): Promise<void> {
  const path = weightsPath(modelsDir, name);
  try {
    loadWeights(network, await Deno.readFile(path));
  } catch (cause) {
    network.dispose();
    if (cause instanceof Deno.errors.NotFound) {
      throw new ModelNotFoundError(
        `Cannot load model ${name}: weights.safetensors must be there, got none; ` +
          `train it with: deno task train ${name}, then: deno task publish ${name}`,
      );
    }
    throw new SyntaxError(`Cannot load model ${name}: ${path} must hold its weights`, { cause });
  }
}

function configPath(modelsDir: string, name: string): string {
  return `${modelsDir}/${name}/config.json`;
}

function weightsPath(modelsDir: string, name: string): string {
  return `${modelsDir}/${name}/weights.safetensors`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
