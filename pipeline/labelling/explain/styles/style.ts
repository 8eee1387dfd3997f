import type { Message } from '../chat.ts';
import type { Evidence } from '../evidence.ts';

/** A way of asking for a label. */
export interface Style {
  /** Tokens of the answer at most. */
  readonly maxTokens: number;
  messages(evidence: Evidence): Message[];
  /** The label in an answer; nothing where it has none. */
  label(answer: string): string | undefined;
}

/** What follows the last line that begins with a marker, up to that line's end. */
export function afterMarker(answer: string, marker: RegExp): string | undefined {
  const found = answer.split('\n').flatMap((line) => marker.exec(line.trim())?.[1]?.trim() ?? []);
  return found.findLast((text) => text !== '');
}

/** A label without the quotation marks and the full stop that models put around it. */
export const bareLabel = (text: string | undefined): string | undefined =>
  text === undefined
    ? undefined
    : text.replace(/^["“”'*_`\s]+|["“”'*_`\s]+$/g, '').replace(/(?<!\.)\.$/, '') || undefined;
