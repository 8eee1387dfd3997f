import type { EvaluateConfig } from '../../commands/evaluate.ts';
import { ownFiles } from '../../disk/own-file.ts';
import type { Effects } from '../../effects.ts';
import { createEngine } from '../../engine/index.ts';
import { UserError } from '../../errors/user-error.ts';
import { writeFileAtomic, writeJsonAtomic } from '../../files/atomic.ts';
import type { LanguageModel } from '../../files/model/language-model.ts';
import { documents } from '../../files/text/corpora.ts';
import { greatest } from '../../numbers/extremes.ts';
import { chooseSaes, foldsOf, hasBosFor, notesOn } from '../../record/choose-saes.ts';
import { finiteEngine } from '../../record/finite-engine.ts';
import type { HeldWeights } from '../../record/held-weights.ts';
import { contextOf } from '../../record/inputs.ts';
import { loadSaes } from '../../record/load-saes.ts';
import { NearDuplicates } from '../../record/near-duplicates.ts';
import { packContexts } from '../../record/pack.ts';
import { sampleOfStream } from '../../record/sample.ts';
import { withLanguageModel } from '../../record/with-language-model.ts';
import { foldModel } from '../../sae/folded-bias.ts';
import { frontierLines, frontiersOf, hasFrontier } from './frontier.ts';
import { frontierSvg } from './frontier-svg.ts';
import { measureQuality, type SaeQuality } from './quality.ts';
import { qualityTable } from './quality-table.ts';

/**
 * Prints how well SAEs stand in for z, on contexts spread evenly over the corpus, and returns it.
 * Throws UserError for bad input.
 */
export function evaluate(config: EvaluateConfig, effects: Effects): Promise<SaeQuality[]> {
  const files = [config.json, config.svg].filter((path) => path !== undefined);
  return ownFiles(files, 'evaluate', () => measure(config, effects));
}

const measure = (config: EvaluateConfig, effects: Effects): Promise<SaeQuality[]> =>
  withLanguageModel(config.model, (loaded, held) => measureWith(loaded, held, config, effects));

async function measureWith(
  { model: loaded, tokenizer }: LanguageModel,
  held: HeldWeights,
  config: EvaluateConfig,
  effects: Effects,
): Promise<SaeQuality[]> {
  for (const note of tokenizer.notes) effects.log(note);
  const { chosen, leftOut } = await chooseSaes(config, loaded.config);
  for (const line of leftOut) effects.log(line);
  if (config.svg !== undefined && !hasFrontier(chosen.map(({ source }) => source.config)))
    throw new UserError(`no layer has several SAEs, expected some to draw a frontier (${config.svg})`);
  const sizes = chosen.map(({ source }) => source.config);
  const { model: kept, keep } = await held.ofSaes(sizes, loaded);
  const model = foldModel(kept, foldsOf(chosen));
  const saes = await loadSaes(chosen, tokenizer, keep);
  const context = contextOf(config, model, chosen);
  const { bosTokenId, eosTokenId } = tokenizer;
  const duplicates = config.dedup ? new NearDuplicates() : undefined;
  const hasBos = hasBosFor(config.bos, chosen);
  const begin = hasBos ? bosTokenId : undefined;
  const pack = { context, bosTokenId: begin, eosTokenId, vocabSize: model.config.vocabSize, duplicates };
  const text = documents(config.corpus, { shuffle: config.shuffle ? 0 : undefined });
  const most = Math.max(1, Math.floor(config.qualityTokens / (context - 1)));
  const sample = await sampleOfStream(packContexts(text, tokenizer, pack), most);
  if (sample.size === 0) {
    throw new UserError(`corpus too short: not one context of ${context} tokens (${config.corpus.join(', ')})`);
  }
  const engine = finiteEngine(await createEngine(config));
  const measured = await measureQuality({ engine, model, saes, sample, effects });
  const qualities = measured.map(({ meanZ, ...quality }): SaeQuality => quality);
  for (const line of qualityTable(qualities)) effects.log(line);
  const { size, of } = sample;
  const tokens = `${greatest(qualities.map(({ tokens: own }) => own))} tokens of ${size === of ? size : `${size} of ${of}`} contexts`;
  effects.log(`measured on ${tokens}; cross-entropies in nats; dead: silent on these tokens`);
  for (const line of notesOn(chosen, config.context, { context, hasBos })) effects.log(line);
  await writeFrontier(qualities, config.svg, effects);
  if (config.json !== undefined) await writeJsonAtomic(config.json, qualities);
  return qualities;
}

/** Prints the frontiers of layers with several SAEs, and draws them where asked to. */
async function writeFrontier(
  qualities: readonly SaeQuality[],
  path: string | undefined,
  effects: Effects,
): Promise<void> {
  const frontiers = frontiersOf(qualities);
  for (const line of frontierLines(frontiers)) effects.log(line);
  if (path !== undefined) await writeFileAtomic(path, frontierSvg(frontiers));
}
