import { UserError } from '../../pipeline/errors/user-error.ts';
import type { SaeRow } from '../../pipeline/measures/quality/table.ts';
import { FEATURES_PER_BLOCK } from '../../pipeline/measures/statistics/table.ts';
import { upstreamSaesOf } from '../../pipeline/record/run-record.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import type { FeaturePage } from '../compose/feature-page.ts';
import type { Links } from '../page-kit/links.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import { type FeatureBlock, readBlock } from './feature-block.ts';
import { hasExplorer } from './has-explorer.ts';
import { hasJson } from './offers.ts';

export interface SiteData {
  readonly reader: RunReader;
  readonly env: PageEnv;
  readonly saes: readonly SaeRow[];
  featurePage(sae: string, feature: number): Promise<{ page: FeaturePage; env: PageEnv }>;
}

/** How features are read: pages made side by side may need two blocks at a time, one after another only one. */
interface Reading {
  readonly blocksKept: number;
  readonly featuresPerBlock: number;
}

const sideBySide: Reading = { blocksKept: 2, featuresPerBlock: FEATURES_PER_BLOCK };

/** A run opened for rendering. */
export async function openSiteData(run: string, links: Links, reading = sideBySide): Promise<SiteData> {
  const reader = await openRun(run);
  const saes = await reader.saes();
  const env = await createEnv(reader, saes, links);
  const blockOf = cachedBlocks(reader, reading);
  return {
    reader,
    env,
    saes,
    async featurePage(sae, feature) {
      const block = await blockOf(sae, feature - (feature % reading.featuresPerBlock));
      const page = block.pages.get(feature);
      if (page === undefined) throw new UserError(`no feature ${sae}/${feature} in ${run}`);
      return { page, env: { ...env, ...sourcesOf(block), nameOf: block.nameOf } };
    },
  };
}

async function createEnv(reader: RunReader, saes: readonly SaeRow[], links: Links): Promise<PageEnv> {
  const vocabulary = await reader.vocabulary();
  const tokens: (string | undefined)[] = [];
  for (const { token_id, token } of vocabulary) tokens[token_id] = token;
  const layers = new Map(saes.map(({ sae, layer }) => [sae, layer]));
  const standing = new Map(upstreamSaesOf(reader.record).map(({ id, layer }) => [layer, id]));
  return {
    links,
    modelName: reader.record.model.name,
    nLayers: reader.record.model.nLayers,
    nHeads: reader.record.model.nHeads,
    contextLength: reader.counts.tokens / reader.counts.contexts + 1,
    run: reader.record.counts,
    proxySample: reader.record.samples.proxy,
    dSae: new Map(saes.map(({ sae, d_sae }) => [sae, d_sae])),
    saeOf: (layer) => standing.get(layer),
    layerOf: (sae) => layers.get(sae),
    nameOf: () => undefined,
    token: (tokenId) => tokens.at(tokenId) ?? `[${tokenId}]`,
    context: () => undefined,
    source: () => undefined,
    hasExplorer: hasExplorer(),
    hasJson: hasJson(),
  };
}

/** Where the contexts that a block names come from. */
function sourcesOf({ contexts, documents }: FeatureBlock): Pick<PageEnv, 'context' | 'source'> {
  return {
    context: (context) => contexts.get(context)?.token_ids,
    source(context) {
      const row = contexts.get(context);
      const document = row && documents.get(row.document);
      return document && { file: document.file, document: document.document, offset: Number(row.offset) };
    },
  };
}

function cachedBlocks(
  reader: RunReader,
  { blocksKept, featuresPerBlock }: Reading,
): (sae: string, from: number) => Promise<FeatureBlock> {
  const kept = new Map<string, Promise<FeatureBlock>>();
  return (sae, from) => {
    const key = `${sae}/${from}`;
    const known = kept.get(key);
    if (known) return known;
    const [oldest] = kept.keys();
    if (kept.size >= blocksKept && oldest !== undefined) kept.delete(oldest);
    const block = readBlock(reader, { sae, from, to: from + featuresPerBlock });
    kept.set(key, block);
    return block;
  };
}
