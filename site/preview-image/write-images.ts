import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import { headCard } from './head-card.ts';
import { headImageFile, overviewImageFile } from './names.ts';
import { overviewCard } from './overview-card.ts';
import { cardPng } from './png.ts';

/** Writes the pictures that previews of links show: one of each head, beside its page, and one of the overview. */
export async function writePreviewImages(reader: RunReader, folder: string): Promise<void> {
  const heads = await reader.heads();
  const circuits = new Map((await reader.headCircuits()).map((row) => [`${row.layer}.${row.head}`, row]));
  await writeImage(
    join(folder, overviewImageFile),
    cardPng(overviewCard(heads, await reader.headVerdicts(), reader.record)),
  );
  for (const row of heads) {
    const card = headCard(row, circuits.get(`${row.layer}.${row.head}`), reader.record.model.name);
    await writeImage(join(folder, headImageFile(row.sae, row.head)), cardPng(card));
  }
}

async function writeImage(file: string, png: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, png);
}
