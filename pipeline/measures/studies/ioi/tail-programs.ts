import type { CompiledBy, Engine } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import type { Place } from '../../../sae/sae.ts';
import { changedLayerProgram, differenceProgram, type PackSize, tailLayerProgram } from './programs.ts';

export interface TailProgramOptions {
  readonly engine: Engine;
  readonly model: Model;
  /** Where activations may be changed in layers later than the first. */
  readonly places: readonly Place[];
  /** Of the longest prompt. */
  readonly length: number;
}

type Disposable = { dispose(): Promise<void> };

/** The programs of tails, compiled when they are first needed. */
export class TailPrograms {
  readonly #options: TailProgramOptions;
  readonly #size: PackSize;
  readonly #layers = new Map<number, CompiledBy<typeof tailLayerProgram>>();
  #changed: { readonly layer: number; readonly run: CompiledBy<typeof changedLayerProgram> } | undefined;
  #difference: CompiledBy<typeof differenceProgram> | undefined;

  constructor(options: TailProgramOptions, size: PackSize) {
    this.#options = options;
    this.#size = size;
  }

  async layer(layer: number): Promise<CompiledBy<typeof tailLayerProgram>> {
    const known = this.#layers.get(layer);
    if (known) return known;
    const { engine, model, length } = this.#options;
    const shape = { ...this.#size, length };
    const compiled = await engine.compile(tailLayerProgram(model, layer, this.sitesOf(layer), shape));
    this.#layers.set(layer, compiled);
    return compiled;
  }

  sitesOf(layer: number): Place['site'][] {
    return this.#options.places.filter((place) => place.layer === layer).map(({ site }) => site);
  }

  /** One layer's at a time, since changes are tried layer by layer. */
  async changed(layer: number): Promise<CompiledBy<typeof changedLayerProgram>> {
    if (this.#changed?.layer === layer) return this.#changed.run;
    await this.#changed?.run.dispose();
    const { engine, model } = this.#options;
    const run = await engine.compile(changedLayerProgram(model, layer, this.#size.tokens));
    this.#changed = { layer, run };
    return run;
  }

  async difference(): Promise<CompiledBy<typeof differenceProgram>> {
    const { engine, model } = this.#options;
    this.#difference ??= await engine.compile(differenceProgram(model, this.#size.tokens));
    return this.#difference;
  }

  async dispose(): Promise<void> {
    const all: (Disposable | undefined)[] = [...this.#layers.values(), this.#changed?.run, this.#difference];
    for (const one of all) await one?.dispose();
  }
}
