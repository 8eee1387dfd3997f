import { untrack } from 'svelte';
import type { LogitTarget } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
import { Answer } from '../passes/answer.svelte.ts';
import type { ExplainedLogit, ExplorerSession, Pass, PassResult, PromptTokens } from '../protocol.ts';
import type { ExplorerView } from '../view.ts';
import { withSaes } from '../with-saes.ts';
import { Effects } from './effects.svelte.ts';
import { resolveLogit } from './pick-logit.ts';

/** The tokens whose logits, or difference of logits, edits are measured by. */
interface ComparedLogits {
  readonly position: number;
  readonly tokenIds: readonly number[];
  readonly texts: readonly string[];
}

/** A prompt, and ids of the SAEs that take part. */
interface AskedPrompt {
  readonly tokens: PromptTokens;
  readonly saes: readonly string[];
}

interface EditedLogits extends ComparedLogits, AskedPrompt {
  readonly edits: Pass['edits'];
}

/** What the explorer shows, as far as its logits follow from it. */
interface ShownPass {
  readonly shown: { readonly tokens: PromptTokens; readonly result: PassResult } | undefined;
  readonly fitted: ExplorerView;
  readonly position: number;
  /** Ids of the SAEs that take part. */
  readonly saes: readonly string[];
  /** The pass with the view's edits, once it is that of the shown prompt. */
  readonly change: PassResult | undefined;
}

const nameOf = (texts: readonly string[]) => texts.map(tokenLabel).join(' − ');

/** The logit, or difference of two, that is explained, and the one that edits are measured by. */
export class Logits {
  readonly explained: Answer<AskedPrompt & { readonly target: LogitTarget }, ExplainedLogit>;
  /** Ablations at the shown position, while features are ordered by them. */
  readonly effects: Effects;
  readonly #compared: Answer<EditedLogits, readonly [before: Float32Array, after: Float32Array]>;
  readonly #of: ShownPass;

  /** The logit explained, in the shown prompt. */
  readonly target = $derived.by(() => {
    const { shown, fitted } = this.#of;
    return shown && fitted.target.logit ? resolveLogit(fitted.target.logit, shown.tokens.ids.length) : null;
  });
  /** That logit with its name and its token's probability, once they are there. */
  readonly named = $derived.by(() => {
    const given = this.explained.given;
    const isCurrent = given !== undefined && given.question.tokens === this.#of.shown?.tokens && this.target !== null;
    if (!isCurrent) return null;
    const { texts, probability } = given.answer;
    return { target: given.question.target, name: nameOf(texts), probability };
  });
  /** The logits that edits are measured by: those explained, else the two most probable tokens' at the position. */
  readonly #measuredBy: ComparedLogits | null = $derived.by(() => {
    const { shown, position } = this.#of;
    if (!shown) return null;
    if (this.target) {
      const { tokenId, minusTokenId, position: at } = this.target;
      const texts = this.explained.given?.answer.texts;
      const tokenIds = minusTokenId === null ? [tokenId] : [tokenId, minusTokenId];
      return texts ? { position: at, tokenIds, texts } : null;
    }
    const best = shown.result.predictions[position].slice(0, 2);
    return { position, tokenIds: best.map(({ tokenId }) => tokenId), texts: best.map(({ text }) => text) };
  });
  /** Those logits, or their difference, before and after the edits. */
  readonly change = $derived.by(() => {
    const given = this.#compared.given;
    if (!given || given.question.tokens !== this.#of.shown?.tokens || !this.#of.change) return undefined;
    const { texts, position } = given.question;
    const [before, after] = given.answer.map(([first = Number.NaN, second = 0]) => first - second);
    return { name: nameOf(texts), isDifference: texts.length > 1, position, before, after };
  });

  constructor(session: ExplorerSession, of: ShownPass) {
    this.#of = of;
    this.explained = new Answer(
      ({ tokens: { ids }, saes, target }) => withSaes(session, saes).logit(ids, target),
      ({ tokens: { ids }, saes, target }) => JSON.stringify([ids, saes, target]),
    );
    this.effects = new Effects(session);
    this.#compared = new Answer(
      async ({ tokens: { ids }, saes, edits, position, tokenIds }) => [
        await withSaes(session, saes).logits({ ids, edits: [] }, position, tokenIds),
        await withSaes(session, saes).logits({ ids, edits }, position, tokenIds),
      ],
      ({ tokens: { ids }, saes, edits, position, tokenIds }) => JSON.stringify([ids, saes, edits, position, tokenIds]),
    );
  }

  /** Asks for the logit, and for ablations where features are ordered by them. */
  explain(): void {
    const { shown, fitted, position, saes } = this.#of;
    const { target } = this;
    const given = untrack(() => this.explained.given);
    // Its features are of SAEs that are not used any more.
    if (given && given.question.saes.join() !== saes.join()) this.explained.ask(null);
    this.explained.ask(shown && target ? { tokens: shown.tokens, saes, target } : null);
    const isMeasured = fitted.rank === 'ablation' && target !== null && position <= target.position;
    const question = shown && target && isMeasured ? { ids: shown.tokens.ids, saes, logit: target, position } : null;
    untrack(() => this.effects.ask(question));
  }

  /** Asks what edits change. */
  compare(): void {
    const { shown, fitted, saes } = this.#of;
    const [by, { edits }] = [this.#measuredBy, fitted];
    this.#compared.ask(shown && by && edits.length > 0 ? { tokens: shown.tokens, saes, edits, ...by } : null);
  }
}
