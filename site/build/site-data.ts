import { UserError } from '../../pipeline/errors/user-error.ts';
import type { SaeRow } from '../../pipeline/measures/quality/table.ts';
import { FEATURES_PER_BLOCK } from '../../pipeline/measures/statistics/table.ts';
import { upstreamSaesOf } from '../../pipeline/record/run-record.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import type { FeaturePage } from '../compose/feature-page.ts';
import type { Links } from '../page-kit/links.ts';
import type { PageEnv } from '../page-kit/page-env.ts';
import { ShownTokens } from '../page-kit/shown-tokens.ts';
import { sourceIn } from './context-sources.ts';
import { type FeatureBlock, readBlock, readBlocks } from './feature-block.ts';
import { heldNames } from './feature-names.ts';
import { hasExplorer } from './has-explorer.ts';
import { hasJson } from './offers.ts';

export interface SiteData {
  readonly reader: RunReader;
  readonly env: PageEnv;
  readonly saes: readonly SaeRow[];
  featurePage(sae: string, feature: number): Promise<PageOf>;
  /** All pages of an SAE in order, what they are made from read once. */
  featurePages(sae: string): AsyncIterable<PageOf>;
}

interface PageOf {
  readonly page: FeaturePage;
  readonly env: PageEnv;
}

/** How features are read that are asked for one by one: pages made side by side may need two blocks at a time. */
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
  const namesOf = heldNames(reader);
  return {
    reader,
    env,
    saes,
    async featurePage(sae, feature) {
      const block = await blockOf(sae, feature - (feature % reading.featuresPerBlock));
      const page = block.pages.get(feature);
      if (page === undefined) throw new UserError(`no feature ${sae}/${feature} in ${run}`);
      return { page, env: envOf(env, block) };
    },
    async *featurePages(sae) {
      for await (const block of readBlocks(reader, { sae, features: env.dSae.get(sae) ?? 0, namesOf })) {
        const own = envOf(env, block);
        for (const page of block.pages.values()) yield { page, env: own };
      }
    },
  };
}

async function createEnv(reader: RunReader, saes: readonly SaeRow[], links: Links): Promise<PageEnv> {
  const vocabulary = await reader.vocabulary();
  const texts: (string | undefined)[] = [];
  for (const { token_id, token } of vocabulary) texts[token_id] = token;
  const token = (tokenId: number): string => texts.at(tokenId) ?? `[${tokenId}]`;
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
    token,
    tokens: new ShownTokens(token),
    context: () => undefined,
    source: () => undefined,
    hasExplorer: hasExplorer(),
    hasMap: (await reader.maps()).length > 0,
    hasJson: hasJson(),
  };
}

/** With what a block's pages name: features, and the contexts of their examples. */
function envOf(env: PageEnv, { contexts, documents, nameOf }: FeatureBlock): PageEnv {
  return {
    ...env,
    nameOf,
    context: (context) => contexts.get(context)?.token_ids,
    source: sourceIn({ contexts, documents }),
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
