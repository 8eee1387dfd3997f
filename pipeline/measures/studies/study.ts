import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Tokenizer } from '../../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../../model/model.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { StoredParts } from '../../record/stored-parts.ts';
import type { Sae } from '../../sae/sae.ts';
import type { NewRowOf, Table } from '../../store/column-types.ts';
import type { ForwardCost } from './counted-engine.ts';

/** What a study works on. Its programs run through the engine, which counts their forward passes. */
export interface StudyJob {
  /** Where the tables go; those of a run may stand there. */
  readonly out: string;
  readonly engine: Engine;
  readonly model: Model;
  /** The folder that it was read from. */
  readonly modelDir: string;
  readonly tokenizer: Tokenizer;
  /** Empty where none were given. */
  readonly saes: readonly Sae[];
  /** Packed text; none where none was given. */
  readonly contexts: ContextFile | undefined;
  /** Tokens of a context, the beginning-of-sequence token included. */
  readonly contextLength: number;
  /** Sequences of a forward pass. */
  readonly batch: number;
  readonly seed: number;
  /** The most forward tokens that it may cost; no limit where there is none. */
  readonly limit?: number | undefined;
  /** What it has cost; the engine counts what programs of `tokens` cost, who runs some layers apart adds what they do. */
  readonly cost: ForwardCost;
  readonly effects: Effects;
  /** A part of the study under a name of its own: what an interrupted one had of it, else what `compute` gives, which is stored. */
  keep<T>(part: string, compute: () => Promise<T>): Promise<T>;
}

/** The same as the frame is given it, which stores parts under names of the study's own. */
export interface StudyTask extends Omit<StudyJob, 'keep' | 'cost'> {
  readonly parts: StoredParts;
}

/** A table with its rows, in the table's order. */
export interface FilledTable {
  readonly table: Table;
  readonly rows: readonly NewRowOf<Table>[];
}

/** What a study found; the frame writes it. */
export interface StudyResult {
  readonly tables: readonly FilledTable[];
  /** Sizes and seeds that the numbers depend on. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** One sentence. */
  readonly verdict: string;
  /** What is printed beside it. */
  readonly lines: readonly string[];
  /** What was done otherwise than planned, and why. */
  readonly notes: readonly string[];
}

export interface Study {
  run(job: StudyJob): Promise<StudyResult>;
  /** Of a study that reads a run's tables, computes and keeps what needs none of them. */
  ahead?(job: StudyJob): Promise<void>;
}

/** Rows as their table takes them. */
export function filled<T extends Table>(table: T, rows: readonly NewRowOf<T>[]): FilledTable {
  return { table, rows };
}
