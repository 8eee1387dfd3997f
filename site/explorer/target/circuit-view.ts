import type { LogitTarget } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import { offset } from '../../page-kit/format.ts';
import type { Links } from '../../page-kit/links.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
import type { ExplorerInfo, ExplorerSession, PromptTokens } from '../protocol.ts';
import type { LabelOf, TargetView, Unit } from '../view.ts';

/** A logit, or a difference of two, by its tokens' texts. */
interface NamedLogit {
  readonly target: LogitTarget;
  readonly name: string;
  /** Of the token; null of a difference. */
  readonly probability: number | null;
}

/** What every part of the circuit view is given; `view` goes in, each change of it comes out by `onchange`. */
export interface CircuitProps {
  readonly session: ExplorerSession;
  readonly info: ExplorerInfo;
  readonly tokens: PromptTokens;
  readonly labels: LabelOf;
  /** Fetches what some features are called, so that `labels` know it. */
  readonly loadNames: (units: readonly Unit[]) => Promise<void>;
  readonly links: Links;
  /** The view's logit with its position, and what it is called. */
  readonly logit: NamedLogit | null;
  readonly view: TargetView;
  readonly onchange: (view: TargetView) => void;
}

/** A position's token as it is named in a list. */
export function tokenAt({ texts }: PromptTokens, position: number): string {
  return tokenLabel(texts[position]);
}

/** "59 (−11)": a position, and how far it is from another. */
export function placeFrom(position: number, from: number): string {
  return position === from ? `${position}` : `${position} (${offset(position - from)})`;
}
