import { UserError } from '../../../pipeline/errors/user-error.ts';
import {
  type ExplorerFile,
  type ExplorerManifest,
  parseExplorerManifest,
} from '../../../pipeline/files/explorer-manifest.ts';
import { createTokenizer } from '../../../pipeline/files/tokenizer/tokenizer.ts';
import { parseTokenizerParts } from '../../../pipeline/files/tokenizer/tokenizer-json.ts';
import type { ExplorerBackend, LoadProgress } from '../protocol.ts';
import type { FetchFile } from './fetch-file.ts';
import { Loader } from './loader.ts';
import { ModelStore } from './model-store.ts';
import { Prompts } from './prompt.ts';
import { SaeStore } from './sae-store.ts';
import { bytesOf, modelFiles, saeFiles } from './weight-bytes.ts';

/** What a session stands on: passed in, so that it runs in a worker and in a test alike. */
export interface Platform {
  /** Sets the tfjs backend. Throws UserError where there is none. */
  backend(): Promise<ExplorerBackend>;
  /** The folder of the explorer's files in a site. */
  files(site: string): SiteFiles;
  now(): number;
}

export interface SiteFiles {
  manifest(): Promise<unknown>;
  readonly fetch: FetchFile;
  /** Whether a file is here from an earlier visit. */
  isKept(file: ExplorerFile): Promise<boolean>;
  /** Forgets kept files of an earlier site at the same place. */
  forgetOthers(files: readonly ExplorerFile[]): Promise<void>;
}

/** A site whose model and SAEs can be computed with. */
export interface OpenSite {
  readonly manifest: ExplorerManifest;
  readonly backend: ExplorerBackend;
  readonly prompts: Prompts;
  readonly model: ModelStore;
  readonly saes: SaeStore;
  /** Bytes of what a pass needs of the model and the SAEs in use that are not kept from an earlier visit. */
  readonly bytesToFetch: number;
}

/** Bytes of encoders that are held on the backend; WebAssembly has 4 GB for everything, and packs a copy of each. */
const encoderBudget: Readonly<Record<ExplorerBackend, number>> = { wasm: 1e9, webgpu: 3e9 };

export async function openSite(
  platform: Platform,
  site: string,
  report: (progress: LoadProgress) => void,
): Promise<OpenSite> {
  const files = platform.files(site);
  const [json, backend] = await Promise.all([files.manifest(), platform.backend()]);
  const manifest = parseExplorerManifest(json, 'explorer/manifest.json');
  // Told by itself: what is fetched later is then the size that a reader was told before.
  const prompts = await openPrompts(manifest, new Loader(files.fetch, report));
  const loader = new Loader(files.fetch, report);
  await files.forgetOthers(filesOf(manifest));
  return {
    manifest,
    backend,
    prompts,
    model: new ModelStore(manifest, loader),
    saes: new SaeStore(manifest, loader, encoderBudget[backend]),
    bytesToFetch: bytesOf(await filesToFetch(manifest, files)),
  };
}

async function filesToFetch(manifest: ExplorerManifest, files: SiteFiles): Promise<ExplorerFile[]> {
  const needed = [...modelFiles(manifest), ...saeFiles(manifest)];
  const isKept = await Promise.all(needed.map((file) => files.isKept(file)));
  return needed.filter((_, i) => !isKept[i]);
}

async function openPrompts(manifest: ExplorerManifest, loader: Loader): Promise<Prompts> {
  const { tokenizer: file } = manifest;
  const text = new TextDecoder().decode(await loader.load(file, 'the tokenizer'));
  loader.release(file);
  const parts = parseTokenizerParts(JSON.parse(text));
  if (!parts) throw new UserError(`malformed tokenizer (${file.path})`);
  return new Prompts(createTokenizer(parts, { file: file.path, folder: file.path }, manifest.config), manifest);
}

const filesOf = ({ tokenizer, shared, layers, saes }: ExplorerManifest): ExplorerFile[] => [
  tokenizer,
  shared,
  ...layers,
  ...saes.map(({ file }) => file),
];
