import type { ComparedRunRow } from '../../../pipeline/measures/comparison/table.ts';
import { count } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { spaced } from '../../page-kit/spaced.ts';
import { visibleText } from '../../page-kit/token-text.ts';
import type { TokensRead } from './match-counts.ts';
import type { OtherRun } from './other-run.ts';

/** What differs in how the two runs were made. */
export function settingsSection({ settings }: Pick<ComparedRunRow, 'settings'>, other: OtherRun): Html {
  if (settings.length === 0) return html`<p>Both runs read the same text with the same settings.</p>`;
  const rows = settings.map(
    ({ setting, value, other: second }) =>
      html`<tr><th scope=row>${spaced(setting)}<td>${shown(setting, value)}<td>${shown(setting, second)}`,
  );
  return html`
    <section id=settings>
      <h2>What differs in how they were made</h2>
      <div class=scroll tabindex=0 role=region aria-label="Settings that differ">
        <table class="grid compared" aria-label="Settings that differ">
          <thead><tr><th scope=col>Setting<th scope=col>This run<th scope=col>${other.name}</thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
    </section>
  `;
}

/** A value as a reader says it: thousands apart, but for a seed, which is a name; an empty list is none. */
function shown(setting: string, value: string | null): string {
  if (value === null) return '–';
  if (value === '') return 'none';
  if (value === 'true' || value === 'false') return value === 'true' ? 'yes' : 'no';
  if (/^\d+$/.test(value) && setting !== 'seed') return count(Number(value));
  return visibleText(value).replace(/\((\d+) bytes\)/g, (_, bytes) => `(${count(Number(bytes))} bytes)`);
}

/** The tokens that the two runs read; of the other as many as of this one where nothing else is said. */
export function tokensRead({ settings }: Pick<ComparedRunRow, 'settings'>, own: number): TokensRead {
  const other = settings.find(({ setting }) => setting === 'tokens read')?.other;
  return { own, other: other ? Number(other) : own };
}
