import {
  listModels,
  loadModel,
  type Model,
  type ModelInfo,
  modelVersion,
} from "../colorize/model.ts";

/** The models of a folder, each loaded at most once. */
export class ModelCache {
  readonly #loaded = new Map<string, Promise<Model>>();
  readonly #versions = new Map<string, Promise<string>>();
  #listing: Promise<ModelInfo[]> | undefined;

  constructor(readonly modelsDir: string) {}

  /** Loads a model, or gives the loaded one; after a failure the next call tries again. */
  load(name: string): Promise<Model> {
    const loading = this.#loaded.get(name) ?? loadModel(this.modelsDir, name);
    this.#loaded.set(name, loading);
    loading.catch(() => this.#loaded.delete(name));
    return loading;
  }

  /** The version of a model when it was first asked for. */
  async version(name: string): Promise<string> {
    await this.load(name);
    const version = this.#versions.get(name) ?? modelVersion(this.modelsDir, name);
    this.#versions.set(name, version);
    version.catch(() => this.#versions.delete(name));
    return await version;
  }

  /** Lists the models as they are at the first call: counting parameters builds every network. */
  list(): Promise<ModelInfo[]> {
    const listing = this.#listing ??= listModels(this.modelsDir);
    listing.catch(() => this.#listing = undefined);
    return listing;
  }
}
