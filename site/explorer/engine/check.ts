import type { LogitTarget } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import type { AttentionEdge } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerManifest } from '../../../pipeline/files/explorer-manifest.ts';
import type { Edit, EffectsQuestion, GenerationSettings, Pass, Target } from '../protocol.ts';

/** Throws UserError unless a value is a whole number below `end`. */
function checkBelow(what: string, value: number, end: number): void {
  if (Number.isInteger(value) && value >= 0 && value < end) return;
  throw new UserError(`unknown ${what}: ${value}, expected 0 to ${end - 1}`);
}

export const checkLayer = ({ config }: ExplorerManifest, layer: number): void =>
  checkBelow('layer', layer, config.nLayers);

export function checkFeature(manifest: ExplorerManifest, layer: number, feature: number): void {
  checkLayer(manifest, layer);
  const sae = manifest.saes.find((candidate) => candidate.layer === layer);
  if (!sae) throw new UserError(`layer ${layer} has no SAE`);
  checkBelow(`feature of layer ${layer}`, feature, sae.dSae);
}

export function checkTarget(manifest: ExplorerManifest, target: Target, length: number): void {
  checkFeature(manifest, target.layer, target.feature);
  checkBelow('position', target.position, length);
}

export function checkEdge(manifest: ExplorerManifest, edge: AttentionEdge, length: number): void {
  checkLayer(manifest, edge.layer);
  checkBelow('head', edge.head, manifest.config.nHeads);
  checkBelow('position', edge.destination, length);
  checkBelow('source', edge.source, edge.destination + 1);
}

export function checkLogit(manifest: ExplorerManifest, target: LogitTarget, length: number): void {
  checkBelow('position', target.position, length);
  const tokenIds = target.minusTokenId === null ? [target.tokenId] : [target.tokenId, target.minusTokenId];
  checkTokens(manifest, tokenIds);
}

export function checkTokens({ config }: ExplorerManifest, tokenIds: readonly number[]): void {
  for (const id of tokenIds) checkBelow('token id', id, config.vocabSize);
}

export function checkEffects(manifest: ExplorerManifest, { logit, position }: EffectsQuestion, length: number): void {
  checkLogit(manifest, logit, length);
  checkBelow('position', position, logit.position + 1);
}

/** Throws UserError where there is no room for so many tokens, or a temperature is none. */
export function checkGeneration({ config }: ExplorerManifest, { ids }: Pass, settings: GenerationSettings): void {
  const { tokenCount, temperature, seed } = settings;
  const room = config.nContext - ids.length;
  if (!Number.isInteger(tokenCount) || tokenCount < 1 || tokenCount > room)
    throw new UserError(
      `invalid number of tokens: ${tokenCount}, expected 1 to ${room}, which the model's context has room for`,
    );
  if (!(temperature >= 0 && temperature < 100))
    throw new UserError(`invalid temperature: ${temperature}, expected 0 to 100`);
  if (!Number.isInteger(seed)) throw new UserError(`invalid seed: ${seed}, expected a whole number`);
}

/** Throws UserError for a prompt that is too long or empty, or an edit of what is not there. */
export function checkPass(manifest: ExplorerManifest, { ids, edits }: Pass): void {
  const { maxTokens } = manifest;
  if (ids.length < 1 || ids.length > maxTokens) {
    throw new UserError(`a prompt of ${ids.length} tokens, expected 1 to ${maxTokens}`);
  }
  for (const edit of edits) checkEdit(manifest, edit, ids.length);
}

function checkEdit(manifest: ExplorerManifest, edit: Edit, length: number): void {
  if (edit.position !== null) checkBelow('position', edit.position, length);
  if (edit.action === 'scale' && !Number.isFinite(edit.factor)) throw new UserError(`invalid factor: ${edit.factor}`);
  if (edit.action === 'add' && !Number.isFinite(edit.amount)) throw new UserError(`invalid amount: ${edit.amount}`);
  if (edit.kind === 'feature') checkFeature(manifest, edit.layer, edit.feature);
  else {
    checkLayer(manifest, edit.layer);
    checkBelow('head', edit.head, manifest.config.nHeads);
  }
}
