import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { checksumSchema, DamagedFile } from '../disk/checksum.ts';
import { makeFolder, removeEmptyFolder, removePath, syncFolder } from '../disk/disk.ts';
import { readIntactJson, readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import { clearTemporaries } from '../disk/temporaries.ts';
import type { HeadPeaks } from './head-peaks.ts';
import type { LayerRecorder, SaePosition } from './layer-recorder.ts';
import type { TopFile } from './top-file.ts';

const topFileSchema = z.object({ name: z.string(), file: checksumSchema });

const positionSchema = z.object({
  activations: z.object({ counts: checksumSchema, entries: checksumSchema }),
  attributions: z.object({ generation: z.int(), file: checksumSchema }),
  top: topFileSchema.nullable(),
});

const stateSchema = z.object({
  /** What the run was asked for; another run's work is no use to it. */
  fingerprint: z.string(),
  contextsRecorded: z.int(),
  /** By the SAE's id. */
  saes: z.record(z.string(), positionSchema),
  /** The file of what heads write most in, in the working folder. */
  headPeaks: topFileSchema.nullable(),
  commits: z.int(),
});

type WorkspaceState = Readonly<z.infer<typeof stateSchema>>;

const nothingRecorded = { contextsRecorded: 0, saes: {}, headPeaks: null };

/** A run's unfinished work, under OUT/.work: removed when the run is whole, taken up again when it was interrupted. */
export class Workspace {
  readonly folder: string;
  #state: WorkspaceState;

  private constructor(folder: string, state: WorkspaceState) {
    this.folder = folder;
    this.#state = state;
  }

  /**
   * Opens OUT/.work, or another folder of OUT, to write there alone. Work of another fingerprint, or whose state is damaged,
   * is removed.
   */
  static async open(out: string, fingerprint: string, name = '.work'): Promise<Workspace> {
    const folder = join(out, name);
    await clearTemporaries(folder);
    const found = await readIntactJson(join(folder, 'state.json'), stateSchema);
    if (found?.fingerprint === fingerprint) return new Workspace(folder, found);
    await removePath(folder);
    await makeFolder(folder);
    const workspace = new Workspace(folder, { fingerprint, ...nothingRecorded, commits: 0 });
    await workspace.#write();
    return workspace;
  }

  /**
   * Opens what is recorded in such a folder of so many contexts, to read it while others may. Throws DamagedFile where it is
   * not whole, or another run's; nothing is removed.
   */
  static async openWhole(
    out: string,
    { fingerprint, contexts }: { readonly fingerprint: string; readonly contexts: number },
    name = '.work',
  ): Promise<Workspace> {
    const folder = join(out, name);
    const path = join(folder, 'state.json');
    const state = await readSealedJson(path, stateSchema);
    if (state === undefined) throw new DamagedFile(path, 'it is missing');
    if (state.fingerprint !== fingerprint) throw new DamagedFile(path, 'it is of a run of other settings');
    if (state.contextsRecorded === contexts) return new Workspace(folder, state);
    throw new DamagedFile(path, `${state.contextsRecorded} contexts, expected ${contexts}`);
  }

  /** Contexts whose work is durable: the first ones of those that are recorded here. */
  get contextsRecorded(): number {
    return this.#state.contextsRecorded;
  }

  get fingerprint(): string {
    return this.#state.fingerprint;
  }

  position(sae: string): SaePosition | undefined {
    return this.#state.saes[sae];
  }

  get headPeaks(): TopFile | null {
    return this.#state.headPeaks;
  }

  /** Makes the first `contextsRecorded` contexts' work durable. */
  async commit(contextsRecorded: number, recorders: readonly LayerRecorder[], heads: HeadPeaks): Promise<void> {
    const commits = this.#state.commits + 1;
    const previous = this.#state;
    const saes: Record<string, SaePosition> = {};
    for (const recorder of recorders) saes[recorder.sae.id] = await recorder.commit(String(commits));
    const headPeaks = await heads.commit(this.folder, String(commits));
    this.#state = { ...this.#state, contextsRecorded, saes, headPeaks, commits };
    await syncFolder(this.folder);
    await this.#write();
    for (const recorder of recorders) await recorder.forget(previous.saes[recorder.sae.id]);
    if (previous.headPeaks) await removePath(this.path(previous.headPeaks.name));
  }

  /** Gives up what was recorded, which then begins anew. */
  async restart(): Promise<void> {
    this.#state = { ...this.#state, ...nothingRecorded };
    await this.#write();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Leaves OUT as it was found, when nothing came of the run. */
  async discard(): Promise<void> {
    await this.remove();
    await removeEmptyFolder(dirname(this.folder));
  }

  async remove(): Promise<void> {
    await removePath(this.folder);
  }

  #write(): Promise<void> {
    return writeSealedJson(join(this.folder, 'state.json'), this.#state);
  }
}

interface Recorded {
  /** Of the run that it is work of, where there is any. */
  readonly fingerprint: string | undefined;
  readonly contexts: number;
  readonly atMs: number | undefined;
}

/** Contexts recorded in a working folder, and when that was written, as far as another process can see. */
export async function recordedIn(folder: string): Promise<Recorded> {
  const path = join(folder, 'state.json');
  const [state, file] = await Promise.all([readIntactJson(path, stateSchema), stat(path).catch(() => undefined)]);
  return { fingerprint: state?.fingerprint, contexts: state?.contextsRecorded ?? 0, atMs: file?.mtimeMs };
}
