import type { ExplorerFile, ExplorerManifest } from '../../../pipeline/files/explorer-manifest.ts';
import { firstOfLayer } from '../first-of-layer.ts';

/** Up to this many bytes in all are fetched with the first prompt; more wait until a reader asks for them. */
const fetchedAhead = 32e6;

export const bytesOf = (files: readonly ExplorerFile[]): number => files.reduce((sum, file) => sum + file.bytes, 0);

export const modelFiles = ({ shared, layers }: ExplorerManifest): ExplorerFile[] => [shared, ...layers];

/** Those of the SAEs that layers use unless others are picked. */
export const saeFiles = ({ saes }: ExplorerManifest): ExplorerFile[] => firstOfLayer(saes).map(({ file }) => file);

/** Bytes of the model, if it waits until it is asked for: 0 where it and the SAEs are few enough to be fetched ahead. */
export function bytesWaiting(manifest: ExplorerManifest): number {
  const ofModel = bytesOf(modelFiles(manifest));
  return ofModel + bytesOf(saeFiles(manifest)) > fetchedAhead ? ofModel : 0;
}
