import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openRun } from '../../pipeline/tables/reader.ts';
import { contextsPerPiece, encodePiece, pieceOf } from '../explorer/example/context-piece.ts';

const piecesPerRead = 16;

/** Writes the run's contexts into the site, in pieces that the explorer can fetch one of. Costs 2 bytes a token, 4 where the vocabulary is large. */
export async function writeContextPieces(run: string, site: string): Promise<void> {
  const reader = await openRun(run);
  const step = piecesPerRead * contextsPerPiece;
  await mkdir(dirname(join(site, pieceOf(0).file)), { recursive: true });
  for (let from = 0; from < reader.counts.contexts; from += step) {
    const rows = await reader.contexts(from, from + step);
    const pieces = Map.groupBy(rows, ({ context }) => pieceOf(context).file);
    for (const [file, own] of pieces) {
      const ids = own.map(({ token_ids }) => token_ids);
      await writeFile(join(site, file), encodePiece(ids));
    }
  }
  reader.close();
}
