import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SiteData } from '../build/site-data.ts';
import { listedTokens } from './listed-tokens.ts';
import { packTokensFile } from './pack-index.ts';

/** Writes the list of tokens that all packs share. */
export async function writeTokens({ reader, env }: SiteData, dir: string): Promise<void> {
  const texts = (await listedTokens(reader)).map(env.token);
  mkdirSync(join(dir, dirname(packTokensFile)), { recursive: true });
  writeFileSync(join(dir, packTokensFile), gzipSync(JSON.stringify(texts), { level: 9 }));
}
