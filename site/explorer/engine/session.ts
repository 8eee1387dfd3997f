import { attributionGraph } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import {
  type FrozenPrompt,
  freezePrompt,
  type PromptPass,
} from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { NextToken } from '../../../pipeline/model/next-tokens.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import type { ExplorerInfo, ExplorerSession, Pass, PassResult, Prediction } from '../protocol.ts';
import { attribute } from './attribute.ts';
import {
  checkEdge,
  checkEffects,
  checkFeature,
  checkGeneration,
  checkLayer,
  checkLogit,
  checkPass,
  checkTarget,
  checkTokens,
} from './check.ts';
import { decompose } from './decompose.ts';
import { ablationBatches, measureBatch } from './effects.ts';
import { explainLogit, logitsAt } from './explain-logit.ts';
import { Generation } from './generate.ts';
import { layerFeatures } from './layer-features.ts';
import { type OpenSite, openSite, type Platform } from './open-site.ts';
import { PassCache } from './pass-cache.ts';
import { predictTokens } from './predict-tokens.ts';
import { runPass } from './run-pass.ts';
import type { HostSae } from './sae-store.ts';
import { explainScore } from './score.ts';
import { activationsOf, partsOf, type StoredPass } from './stored-pass.ts';
import { bytesWaiting } from './weight-bytes.ts';

const passesKept = 4;

/** A session on a platform. What computes is done one after the other; tokens are never kept waiting. */
export function createSession(platform: Platform): ExplorerSession {
  let opened: (OpenSite & { readonly passes: PassCache }) | undefined;
  const site = () => {
    if (!opened) throw new UserError('the explorer is not open yet');
    return opened;
  };
  const inTurn = oneAtATime();
  /** What is checked against: of each layer the SAE that is picked. */
  const known = () => ({ ...site().manifest, saes: site().saes.picked });
  const use = (ids: readonly string[]): void => {
    const { saes, passes } = site();
    if (saes.use(ids)) passes.clear();
  };
  /** A turn of something longer, with the SAEs that it began with: others may have asked with theirs in between. */
  const inTurnWith = <T>(ids: readonly string[], task: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      use(ids);
      return task();
    });

  const clean = (ids: readonly number[]): Pass => ({ ids, edits: [] });
  const stored = (pass: Pass): Promise<StoredPass> => {
    const { prompts, passes } = site();
    checkPass(known(), pass);
    prompts.check(pass.ids);
    return passes.get(pass);
  };
  const frozen = async (ids: readonly number[]): Promise<{ pass: StoredPass; prompt: FrozenPrompt }> => {
    const { model, saes } = site();
    const pass = await stored(clean(ids));
    const hosts = new Map<number, HostSae>();
    for (const layer of saes.used) hosts.set(layer, await saes.get(layer));
    pass.frozen ??= await freezePrompt(promptPass(pass, model.transformer), hosts);
    return { pass, prompt: pass.frozen };
  };

  return {
    async open(root, onProgress) {
      const found = await openSite(platform, root, onProgress);
      opened = { ...found, passes: new PassCache(passesKept, (pass) => runPass(found, pass)) };
      return infoOf(found);
    },
    useSaes: (ids) => inTurn(async () => use(ids)),
    fetchAhead: async () => fetchAhead(site()),
    tokenize: async (text) => site().prompts.tokenize(text),
    describe: async (ids) => site().prompts.describe(ids),
    textOf: async (ids) => site().prompts.textOf(ids),
    run: (pass) =>
      inTurn(async () => {
        const begin = platform.now();
        return resultOf(await stored(pass), site(), () => platform.now() - begin);
      }),
    patterns: (pass, layer) =>
      inTurn(async () => {
        checkLayer(site().manifest, layer);
        const { pattern } = (await stored(pass)).layers[layer];
        return new Float32Array(await pattern.data());
      }),
    activations: (pass, layer, feature) =>
      inTurn(async () => {
        checkFeature(known(), layer, feature);
        return activationsOf(await stored(pass), layer, feature);
      }),
    attribution: (ids, target) =>
      inTurn(async () => {
        checkTarget(known(), target, ids.length);
        const pass = await stored(clean(ids));
        const { model, saes } = site();
        return attribute(model.transformer, pass, await saes.get(target.layer), target);
      }),
    decompose: (ids, target, source, minShare) =>
      inTurn(async () => {
        checkTarget(known(), target, ids.length);
        return decompose((await frozen(ids)).prompt, target, source, minShare);
      }),
    graph: (ids, root, rule) =>
      inTurn(async () => {
        if ('tokenId' in root) checkLogit(site().manifest, root, ids.length);
        else checkTarget(known(), root, ids.length);
        return attributionGraph((await frozen(ids)).prompt, root, rule);
      }),
    score: (ids, edge) =>
      inTurn(async () => {
        checkEdge(site().manifest, edge, ids.length);
        const { pass, prompt } = await frozen(ids);
        return explainScore(prompt, pass, edge);
      }),
    predict: (pass, position, tokenIds) =>
      inTurn(async () => {
        for (const tokenId of tokenIds)
          checkLogit(site().manifest, { position, tokenId, minusTokenId: null }, pass.ids.length);
        const own = await stored(pass);
        return named(await predictTokens(site().model.transformer, own, position, tokenIds), site());
      }),
    logits: (pass, position, tokenIds) =>
      inTurn(async () => {
        checkTokens(site().manifest, tokenIds);
        return logitsAt(site().model.transformer, await stored(pass), position, tokenIds);
      }),
    logit: (ids, target) =>
      inTurn(async () => {
        checkLogit(site().manifest, target, ids.length);
        const { pass, prompt } = await frozen(ids);
        return explainLogit(prompt, pass, target, site().prompts);
      }),
    async generate(pass, settings, report) {
      const { manifest, prompts, saes } = site();
      const own = await inTurn(async () => {
        checkPass(known(), pass);
        return saes.usedIds;
      });
      prompts.check(pass.ids);
      checkGeneration(manifest, pass, settings);
      const generation = new Generation(site(), pass, settings);
      try {
        for (let token = 0; token < settings.tokenCount; token++) {
          await inTurnWith(own, () => generation.step());
          const ids = [...generation.ids];
          if (!(await report({ ids, text: prompts.textOf([prompts.bosTokenId, ...ids]) }))) return;
        }
      } finally {
        await inTurn(async () => generation.dispose());
      }
    },
    async effects(ids, question, report) {
      checkEffects(site().manifest, question, ids.length);
      const { own, batches } = await inTurn(async () => ({
        own: site().saes.usedIds,
        batches: ablationBatches(await stored(clean(ids)), question),
      }));
      for (const batch of batches) {
        // The pass may have made room for others while they had their turn.
        const part = await inTurnWith(own, async () => measureBatch(site(), await stored(clean(ids)), batch, question));
        if (!(await report(part))) return;
      }
    },
  };
}

const promptPass = (pass: StoredPass, transformer: Transformer): PromptPass => ({
  ...pass,
  transformer,
  layers: pass.layers.map(({ pattern }, layer) => ({ pattern, ...partsOf(pass, layer) })),
});

/** Runs tasks one after the other, whether or not those before succeed. */
function oneAtATime(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const done = last.then(task, task);
    last = done.catch(() => {});
    return done;
  };
}

/** Fetches what a pass will need; one that fails is fetched again, and complains, when it is needed. */
function fetchAhead({ manifest, model, saes }: OpenSite): void {
  if (bytesWaiting(manifest) > 0) return;
  const ignore = () => {};
  model.shared().catch(ignore);
  for (let layer = 0; layer < manifest.config.nLayers; layer++) {
    model.layer(layer).catch(ignore);
    if (saes.has(layer)) saes.get(layer).catch(ignore);
  }
}

function infoOf({ manifest, backend, prompts, bytesToFetch }: OpenSite): ExplorerInfo {
  const { modelName, config, maxTokens, saes } = manifest;
  return {
    modelName,
    backend,
    nLayers: config.nLayers,
    nHeads: config.nHeads,
    vocabSize: config.vocabSize,
    maxTokens,
    contextLength: config.nContext,
    bytesWaiting: bytesWaiting(manifest),
    bytesAhead: bytesWaiting(manifest) > 0 ? 0 : bytesToFetch,
    bosTokenId: prompts.bosTokenId,
    saes: saes
      .map(({ id, layer, dSae, file }) => ({ id, layer, dSae, bytes: file.bytes }))
      .toSorted((a, b) => a.layer - b.layer),
  };
}

const named = (row: readonly NextToken[], { prompts }: OpenSite): Prediction[] =>
  row.map((next) => ({ ...next, text: prompts.textOfToken(next.tokenId) }));

function resultOf(pass: StoredPass, opened: OpenSite, elapsed: () => number): PassResult {
  return {
    predictions: pass.predictions.map((row) => named(row, opened)),
    losses: pass.losses.slice(),
    layers: [...pass.active].map(([layer, active]) => layerFeatures(layer, active)),
    elapsedMs: elapsed(),
  };
}
