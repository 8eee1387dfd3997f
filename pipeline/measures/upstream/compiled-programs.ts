import type { SiteOf } from '../../attribution/recursion/components.ts';
import type { CompiledBy, Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import type { Sae } from '../../sae/sae.ts';
import { rowBlock } from './lower-layer.ts';
import {
  type Association,
  componentProgram,
  featureProgram,
  siteReadsProgram,
  valuesProgram,
  writtenProgram,
} from './programs.ts';

/** Programs that take examples apart, each compiled when it is first asked for. */
export class UpstreamPrograms {
  readonly #engine: Engine;
  readonly #model: Model;
  readonly #siteOf: SiteOf;
  readonly #length: number;
  readonly #components = new Compiled<typeof componentProgram>();
  readonly #features = new Compiled<typeof featureProgram>();
  readonly #siteReads = new Compiled<typeof siteReadsProgram>();
  readonly #written = new Compiled<typeof writtenProgram>();
  readonly #values = new Compiled<typeof valuesProgram>();

  /** `length` is that of a context. */
  constructor(engine: Engine, model: Model, siteOf: SiteOf, length: number) {
    this.#engine = engine;
    this.#model = model;
    this.#siteOf = siteOf;
    this.#length = length;
  }

  components(sae: Sae, targets: number, association: Association) {
    return this.#components.once(`${sae.id} ${targets} ${association}`, () =>
      this.#engine.compile(
        componentProgram(this.#model, sae, this.#siteOf, { association, length: this.#length, targets }),
      ),
    );
  }

  features(width: number, targets: number, association: Association) {
    const sizes = { association, length: this.#length, targets, rows: rowBlock };
    return this.#features.once(`${width} ${targets} ${association}`, () =>
      this.#engine.compile(featureProgram(this.#model.config, width, sizes)),
    );
  }

  siteReads(lower: Sae, targets: number) {
    return this.#siteReads.once(`${lower.id} ${targets}`, () =>
      this.#engine.compile(siteReadsProgram(this.#model, lower, targets)),
    );
  }

  written(lower: Sae) {
    return this.#written.once(lower.id, () => this.#engine.compile(writtenProgram(this.#model, lower, rowBlock)));
  }

  values(layer: number, rows: number) {
    return this.#values.once(`${layer} ${rows}`, () => this.#engine.compile(valuesProgram(this.#model, layer, rows)));
  }

  async dispose(): Promise<void> {
    const all = [this.#components, this.#features, this.#siteReads, this.#written, this.#values];
    for (const compiled of all) await compiled.dispose();
  }
}

class Compiled<F> {
  readonly #made = new Map<string, CompiledBy<F>>();

  async once(key: string, compile: () => Promise<CompiledBy<F>>): Promise<CompiledBy<F>> {
    const compiled = this.#made.get(key) ?? (await compile());
    this.#made.set(key, compiled);
    return compiled;
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#made.values()) await compiled.dispose();
  }
}
