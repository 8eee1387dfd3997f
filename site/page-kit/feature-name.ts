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

/** A piece of a name as pages print it; tokens that a summary names are code. */
export interface NamePart {
  readonly text: string;
  readonly isCode: boolean;
}

/** Characters of a name that are shown in a list; the whole is its title. */
const MOST_SHOWN = 110;

/** A name in pieces, and whether it was cut after `most` characters. */
export function nameParts({ text, isRule }: FeatureName, most = MOST_SHOWN): { parts: NamePart[]; isCut: boolean } {
  const whole = isRule ? withTokens(text) : [{ text: visibleText(text), isCode: false }];
  const parts: NamePart[] = [];
  let left = most;
  for (const part of whole) {
    if (part.text.length > left) {
      const cut = { ...part, text: `${cutAt(part.text, left - 1)}…` };
      return { parts: [...parts, cut], isCut: true };
    }
    parts.push(part);
    left -= part.text.length;
  }
  return { parts, isCut: false };
}

/** Text up to some characters, not within one, and without a word's beginning where a space is near. */
export function cutAt(text: string, most: number): string {
  const cut = text.slice(0, Math.max(0, most)).replace(/[\ud800-\udbff]$/, '');
  const space = cut.lastIndexOf(' ');
  return (space > most - 15 ? cut.slice(0, space) : cut).trimEnd();
}

/** A name beside a feature's number; where it is made by rule, or scored no better than chance, it says so. */
export function nameShown(name: FeatureName | undefined): Html | false {
  if (!name) return false;
  const { parts, isCut } = nameParts(name);
  const shown = parts.map(({ text, isCode }) => (isCode ? html`<code>${text}</code>` : html`${text}`));
  const title = nameTitle(name, isCut);
  const whole = title !== undefined && attr` title="${title}"`;
  const chance = name.isAtChance && html` <small>(score at chance)</small>`;
  return html`<span class="${name.isRule ? 'says rule' : 'says'}"${whole}>${shown}${chance}</span>`;
}

/** The title of a shown name: the whole of one that was cut, and that a rule made it. */
export function nameTitle(name: FeatureName, isCut: boolean): string | undefined {
  if (isCut) return nameText(name);
  return name.isRule ? 'summary by rule' : undefined;
}

/** The same as text, for titles and attributes; nothing of a feature without a name. */
export function nameText(name: FeatureName | undefined): string {
  if (!name) return '';
  return `${plainName(name)}${name.isRule ? ' (by rule)' : name.isAtChance ? ' (score at chance)' : ''}`;
}

/** The name alone as text that can be seen. */
const plainName = (name: FeatureName, most = Number.POSITIVE_INFINITY): string =>
  nameParts(name, most)
    .parts.map(({ text, isCode }) => (isCode ? `“${text}”` : text))
    .join('');

/** The beginning of a name as text, its tokens as they are printed, where there is room for neither more nor code. */
export function shortName(name: FeatureName, most: number): string {
  return nameParts(name, most)
    .parts.map(({ text }) => text)
    .join('');
}

/** The name as the title of a link, where there is little room. */
export function titleOf(name: FeatureName | undefined) {
  const text = nameText(name);
  return text !== '' && attr` title="${text}"`;
}

/** A token of a summary: in backticks, and it may hold some itself, so that the last is the one that words follow. */
const TOKEN = /`(.+?)`(?=[ ,:;]|$)/su;

function withTokens(text: string): NamePart[] {
  return text
    .split(TOKEN)
    .map((part, i) =>
      i % 2 === 0 ? { text: visibleText(part), isCode: false } : { text: tokenLabel(part), isCode: true },
    )
    .filter((part) => part.text !== '');
}
