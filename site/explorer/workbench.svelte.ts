import { untrack } from 'svelte';
import type { Links } from '../page-kit/links.ts';
import { align } from './compare/align.ts';
import { Downloads } from './downloads.svelte.ts';
import type { ExampleSite } from './example/open-example.ts';
import { takeUpExample } from './example/take-up-example.ts';
import { Continuations } from './generation/continuations.svelte.ts';
import type { KnownFeatureOf } from './labels.ts';
import { Logits } from './logit/logits.svelte.ts';
import { KnownNames } from './names/known-names.svelte.ts';
import { Answer } from './passes/answer.svelte.ts';
import { faultSentence } from './passes/fault-sentence.ts';
import { listedAt } from './passes/listed-at.ts';
import { type Patterns, patternChange } from './patterns/pattern.ts';
import type {
  ExplorerInfo,
  ExplorerSaeInfo,
  ExplorerSession,
  LoadProgress,
  Pass,
  PassResult,
  PromptTokens,
} from './protocol.ts';
import { pickSae, unitText, usedSaes } from './saes.ts';
import { type Address, createAddress } from './url/address.ts';
import { decodeView } from './url/decode-view.ts';
import { emptyView } from './url/empty-view.ts';
import { fitModel, fitPrompt } from './url/fit-view.ts';
import { keptPrompts } from './url/kept-prompts.ts';
import { pastPrompt } from './url/past-prompt.ts';
import { shortView } from './url/short-view.ts';
import type { ExplorerView, PromptInput, Unit } from './view.ts';
import { withSaes } from './with-saes.ts';

/** Typing pauses this long before it is tokenised, and its tokens before they are run. */
const TYPING_MS = 60;
const SETTLED_MS = 160;

const isEmpty = (prompt: PromptInput): boolean => 'text' in prompt && prompt.text === '';

interface PassQuestion {
  /** Ids of the SAEs that take part. */
  readonly saes: readonly string[];
  readonly tokens: PromptTokens;
  readonly edits: Pass['edits'];
}

interface PatternQuestion extends PassQuestion {
  readonly layer: number;
}

/** What the explorer shows: its view, and the session's answers to the questions that follow from it. */
export class Workbench {
  view: ExplorerView = $state.raw(decodeView('').view);
  notices: readonly string[] = $state.raw([]);
  progress: LoadProgress | undefined = $state.raw();
  failure = $state('');
  readonly #contexts: number;
  #opened: ExplorerInfo | undefined = $state.raw();
  readonly #picked = $derived.by(() => this.view.saes.join());
  /** What was opened, with the SAE that each layer uses in this view. */
  readonly info = $derived.by((): ExplorerInfo | undefined => {
    const picked = this.#picked.split(',');
    return this.#opened && { ...this.#opened, saes: usedSaes(this.#opened.saes, picked) };
  });

  /** What waits for a click, of a model that is heavy. */
  readonly downloads = new Downloads(
    () => this.info,
    () => this.view,
  );
  /** Bytes that the first prompt will fetch; 0 once it has begun to, and where a reader is asked before. */
  readonly bytesAhead = $derived.by(() => {
    const { bytesAhead = 0 } = this.info ?? {};
    return (this.progress?.total ?? 0) < bytesAhead ? bytesAhead : 0;
  });
  /** Ids of the SAEs that take part, as one text, which changes only where they do. */
  readonly saesKey = $derived.by(() => this.downloads.saesUsed.join());
  readonly saes = $derived.by(() => this.saesKey.split(',').filter((id) => id !== ''));
  readonly session: ExplorerSession;
  readonly links: Links;
  readonly tokens: readonly [Answer<PromptInput, PromptTokens>, Answer<PromptInput, PromptTokens>];
  readonly passes: readonly [Answer<PassQuestion, PassResult>, Answer<PassQuestion, PassResult>];
  readonly edited: Answer<PassQuestion, PassResult>;
  readonly patterns: Answer<PatternQuestion, Patterns>;
  readonly patternsAfter: Answer<PatternQuestion, Patterns>;
  readonly logits: Logits;
  readonly continuations: Continuations;
  readonly #address: Address;
  /** Whether the view is the address's: what of it the prompt has no place for gets a notice. */
  #isJustRead = false;
  readonly #names: KnownNames;

  /** The first prompt's last pass; its tokens may be those of a moment ago. */
  readonly shown = $derived.by(() => this.#shown(0));
  readonly second = $derived.by(() => this.#shown(1));
  readonly #isShown = $derived.by(() => this.shown !== undefined);
  /** The view as far as the shown pass has positions for it. */
  readonly fitted = $derived.by(() => (this.shown ? fitPrompt(this.view, this.shown.tokens.ids.length) : this.view));
  readonly position = $derived.by(() => this.fitted.position ?? (this.shown?.tokens.ids.length ?? 1) - 1);
  readonly alignment = $derived.by(() =>
    this.shown && this.second ? align(this.shown.tokens.ids, this.second.tokens.ids) : undefined,
  );
  /** Where the shown position stands in the second prompt; −1 where nowhere. */
  readonly secondPosition = $derived.by(() =>
    this.fitted.position === null
      ? (this.second?.tokens.ids.length ?? 0) - 1
      : (this.alignment?.toSecond[this.fitted.position] ?? -1),
  );
  readonly change = $derived.by(() => {
    const given = this.edited.given;
    const isOfShown = given !== undefined && given.question.tokens === this.shown?.tokens;
    return this.view.edits.length > 0 && isOfShown ? this.#ofUsedSaes(given) : undefined;
  });
  /** Predictions of the passes after the shown position, of the second prompt's after its counterpart. */
  readonly listed = $derived.by(() => {
    const [first, second] = this.passes.map(({ given }) => given);
    const { given } = this.edited;
    return {
      shown: first && listedAt(first, this.position),
      second: second && listedAt(second, this.secondPosition),
      change: this.change && given && listedAt(given, this.position),
    };
  });
  /** The patterns of the pass that the view asks for. */
  readonly shownPatterns = $derived.by(() => {
    const [before, after] = [this.patterns.given, this.patternsAfter.given];
    if (this.view.patterns === 'before' || this.fitted.edits.length === 0) return before;
    const isPair = before && after && before.question.tokens === after.question.tokens;
    if (!isPair || before.question.layer !== after.question.layer) return undefined;
    return this.view.patterns === 'after'
      ? after
      : { question: after.question, answer: patternChange(before.answer, after.answer) };
  });
  /** Whether what is shown is that of an earlier prompt. */
  readonly isStale = $derived.by(() => this.tokens[0].isPending || this.passes[0].isPending);
  /** Whether the address has no room for the prompts, however much of them is used. */
  readonly isTooLong = $derived.by(() => {
    const isTokenized = this.tokens.every(({ isPending }) => !isPending);
    return isTokenized && this.#short(this.view).prompts === emptyView.prompts && !this.view.prompts.every(isEmpty);
  });
  readonly isBusy = $derived.by(() =>
    [...this.tokens, ...this.passes, this.edited, this.patterns, this.logits.explained].some(
      ({ isPending }) => isPending,
    ),
  );

  constructor(session: ExplorerSession, { links, contexts }: ExampleSite) {
    this.#contexts = contexts;
    this.session = session;
    // A layer uses one SAE at a time, whose pages its features are on.
    const saeOf = (sae: string | number) => (typeof sae === 'number' ? this.#saeOf(sae) : sae);
    this.links = {
      ...links,
      feature: (sae, feature) => links.feature(saeOf(sae), feature),
      head: (sae, head) => links.head(saeOf(sae), head),
    };
    this.#address = createAddress(window, (view) => this.#short(view));
    this.#names = new KnownNames({
      links,
      saeOf,
      notice: (sentence) => (this.notices = [...new Set([...this.notices, sentence])]),
    });
    const tokenize = (prompt: PromptInput) =>
      'ids' in prompt ? session.describe(prompt.ids) : session.tokenize(prompt.text);
    const tokens = () => new Answer(tokenize, (prompt) => JSON.stringify(prompt), TYPING_MS);
    const run = ({ tokens: { ids }, edits, saes }: PassQuestion) => withSaes(session, saes).run({ ids, edits });
    const key = ({ tokens: { ids }, edits, saes }: PassQuestion) => JSON.stringify([ids, edits, saes]);
    this.tokens = [tokens(), tokens()];
    this.passes = [new Answer(run, key, SETTLED_MS), new Answer(run, key, SETTLED_MS)];
    this.edited = new Answer(run, key);
    const patterns = () =>
      new Answer(
        (question: PatternQuestion) => this.#patternsOf(question),
        ({ tokens: { ids }, edits, saes, layer }) => JSON.stringify([ids, edits, edits.length > 0 && saes, layer]),
      );
    this.patterns = patterns();
    this.patternsAfter = patterns();
    this.logits = new Logits(session, this);
    this.continuations = new Continuations(session);
    $effect(() => this.#use());
    $effect(() => this.#follow());
    $effect(() => this.#explain());
    $effect(() => this.#fit());
    $effect(() => this.#shorten());
    $effect(() => this.#name(this.info, this.#isShown));
  }

  /** Opens the session and takes up the view that the address holds. */
  async open(site: string): Promise<void> {
    try {
      const [info, notice] = await Promise.all([
        this.session.open(site, (progress) => (this.progress = progress)),
        takeUpExample({ links: this.links, contexts: this.#contexts }),
      ]);
      this.#opened = info;
      this.readAddress();
      if (!this.view.prompts.every(isEmpty)) this.downloads.holdLinkedPrompt();
      if (notice !== undefined) this.notices = [...this.notices, notice];
    } catch (error) {
      this.failure = faultSentence(error);
    }
  }

  readAddress(): void {
    if (!this.#opened) return;
    this.#address.forget();
    const read = decodeView(location.search);
    const { prompts } = read.view;
    const fitted = fitModel({ ...read.view, prompts: keptPrompts(history.state) ?? prompts }, this.#opened);
    this.notices = [...read.notices, ...fitted.notices];
    this.view = fitted.view;
    this.#isJustRead = true;
  }

  /** What is known of a feature of the SAE that a layer uses. */
  get known(): KnownFeatureOf {
    return this.#names.of;
  }

  /** Fetches what some features are called, so that what is exported names them. */
  loadNames(units: readonly Unit[]): Promise<void> {
    return this.#names.load.loadNames(units.map(({ layer, feature }) => ({ sae: this.#saeOf(layer), feature })));
  }

  /** A pick: the back button undoes it. */
  pick(part: Partial<ExplorerView>): void {
    this.view = { ...this.view, ...part };
    this.#address.push(this.view);
  }

  /** Has the layer of an SAE use it. */
  pickSae(sae: ExplorerSaeInfo): void {
    this.pick(pickSae(this.view, this.allSaes, sae));
  }

  /** All that the site has, by layer. */
  get allSaes(): readonly ExplorerSaeInfo[] {
    return this.#opened?.saes ?? [];
  }

  /** A feature as its page names it. */
  unitText(unit: Unit): string {
    return unitText({ sae: this.#saeOf(unit.layer) }, unit);
  }

  /** A keystroke: it takes the place of the one before. */
  type(part: Partial<ExplorerView>): void {
    this.view = { ...this.view, ...part };
    this.#address.replace(this.view);
  }

  /** Tells the session before a prompt is typed, so that it fetches no other SAEs ahead. */
  #use(): void {
    if (this.#opened) void this.session.useSaes(this.saes).catch((error) => (this.failure = faultSentence(error)));
  }

  #follow(): void {
    for (const i of [0, 1] as const) {
      const prompt = this.info && this.view.prompts[i];
      const isThere = prompt && !isEmpty(prompt);
      const mayFetch = this.downloads.bytesWaiting === 0;
      if (isThere && mayFetch) void this.session.fetchAhead();
      this.tokens[i].ask(isThere ? prompt : null);
      const tokens = this.tokens[i].given?.answer;
      this.passes[i].ask(tokens && mayFetch ? { tokens, edits: [], saes: this.saes } : null);
    }
    const { shown, fitted } = this;
    this.edited.ask(
      shown && fitted.edits.length > 0 ? { tokens: shown.tokens, edits: fitted.edits, saes: this.saes } : null,
    );
    const { layer, edits, patterns } = fitted;
    const { saes } = this;
    this.patterns.ask(shown && layer !== null ? { tokens: shown.tokens, edits: [], saes, layer } : null);
    const isEdited = edits.length > 0 && patterns !== 'before';
    this.patternsAfter.ask(shown && layer !== null && isEdited ? { tokens: shown.tokens, edits, saes, layer } : null);
    this.logits.compare();
  }

  /** Asks for the logit, and for the prompt's continuation. */
  #explain(): void {
    this.logits.explain();
    const { shown } = this;
    const { edits, generation: settings } = this.fitted;
    const asked = shown && settings ? { ids: shown.tokens.ids, edits, saes: this.saes, settings } : null;
    untrack(() => this.continuations.ask(asked));
  }

  /** Lets go of what a shorter prompt has no place for, once it has been run. */
  #fit(): void {
    const { fitted, view, shown } = this;
    if (!shown || this.isStale) return;
    if (this.#isJustRead && fitted !== view) {
      const lost = pastPrompt(view, shown.tokens.ids.length);
      untrack(() => (this.notices = [...this.notices, ...lost]));
    }
    this.#isJustRead = false;
    if (fitted !== view) untrack(() => this.type(fitted));
  }

  /** A prompt that turns out to be cut takes less of the address. */
  #shorten(): void {
    if (this.tokens.some(({ given }) => given && given.answer.cut > 0)) untrack(() => this.#address.replace(this.view));
  }

  #short(view: ExplorerView): ExplorerView {
    return shortView(
      view,
      this.tokens.map(({ given }) => given),
    );
  }

  #saeOf(layer: number): string {
    return this.info?.saes.find((sae) => sae.layer === layer)?.id ?? String(layer);
  }

  #shown(i: 0 | 1) {
    const given = this.passes[i].given;
    return given && { tokens: given.question.tokens, result: this.#ofUsedSaes(given) };
  }

  /** A pass without the features of SAEs that others have taken the place of since. */
  #ofUsedSaes({ question, answer }: { readonly question: PassQuestion; readonly answer: PassResult }): PassResult {
    const layers = answer.layers.filter(({ layer }) => question.saes.includes(this.#saeOf(layer)));
    return layers.length < answer.layers.length ? { ...answer, layers } : answer;
  }

  async #patternsOf({ tokens: { ids }, edits, saes, layer }: PatternQuestion) {
    const values = await withSaes(this.session, saes).patterns({ ids, edits }, layer);
    return { values, nHeads: this.info?.nHeads ?? 0, length: ids.length, isChange: false };
  }

  /** Names of features come after the first pass, so that they do not hold it up. */
  #name(info: ExplorerInfo | undefined, isShown: boolean): void {
    if (info && isShown) void this.#names.load.loadParts(info.saes.map(({ id }) => id));
  }
}
