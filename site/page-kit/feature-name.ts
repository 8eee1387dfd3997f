import { attr, type Html, html } from './html.ts';
import { tokenLabel, visibleText } from './token-text.ts';

/** What a feature is called wherever it is named: its best label, or the summary made by rule. */
export interface FeatureName {
  readonly text: string;
  readonly isRule: boolean;
  /** Whether the label's score is no better than a guess. */
  readonly isAtChance: boolean;
}

export type NameOf = (sae: string, feature: number) => FeatureName | undefined;

/** A name beside a feature's number; where it is made by rule, or scored no better than chance, it says so. */
export function nameShown(name: FeatureName | undefined): Html | false {
  if (!name) return false;
  if (name.isRule) return html`<span class="says rule" title="summary by rule">${withTokens(name.text)}</span>`;
  const chance = name.isAtChance && html` <small>(score at chance)</small>`;
  return html`<span class=says>${visibleText(name.text)}${chance}</span>`;
}

/** The same as text, for titles and attributes; nothing of a feature without a name. */
export function nameText(name: FeatureName | undefined): string {
  if (!name) return '';
  return `${name.text}${name.isRule ? ' (by rule)' : name.isAtChance ? ' (score at chance)' : ''}`;
}

/** The name as the title of a link, where there is little room. */
export function titleOf(name: FeatureName | undefined) {
  const text = nameText(name);
  return text !== '' && attr` title="${text}"`;
}

/** A summary names tokens in backticks. */
function withTokens(text: string): Html {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return html`${visibleText(text)}`; // a token has a backtick itself
  return html`${parts.map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${tokenLabel(part)}</code>`))}`;
}
