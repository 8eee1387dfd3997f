import type { ComparedRunRow } from '../../../pipeline/measures/comparison/table.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { visibleText } from '../../page-kit/token-text.ts';
import type { OtherRun } from './other-run.ts';

/** What differs in how the two runs were made. */
export function settingsSection({ settings }: Pick<ComparedRunRow, 'settings'>, other: OtherRun): Html {
  if (settings.length === 0) return html`<p>Both runs read the same text with the same settings.</p>`;
  const shown = (value: string | null) => (value === null ? '–' : visibleText(value));
  const rows = settings.map(
    ({ setting, value, other: second }) => html`<tr><th scope=row>${setting}<td>${shown(value)}<td>${shown(second)}`,
  );
  return html`
    <section id=settings>
      <h2>What differs in how they were made</h2>
      <div class=scroll tabindex=0 role=region aria-label="Settings that differ">
        <table class="grid compared">
          <thead><tr><th scope=col>Setting<th scope=col>This run<th scope=col>${other.name}</thead>
          <tbody>${rows}</tbody>
        </table>
      </div>
    </section>
  `;
}
