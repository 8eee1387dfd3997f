import type { ExampleRow, FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { shortExamples } from './example.ts';

/** The ten equal-width intervals of (0, max] from the highest, each opening to its examples. */
export function intervalList(row: FeatureRow, examples: readonly ExampleRow[], env: PageEnv): Html {
  const scale = row.max_activation;
  const byInterval = Map.groupBy(examples, ({ interval }) => interval);
  const items = row.intervals.map((interval, i) => {
    const own = byInterval.get(i + 1) ?? [];
    const level = row.intervals.length - i;
    const summary = html`
        <i class="k a${Math.min(9, level)}"></i><b>${significant(interval.low)} – ${significant(interval.high)}</b>
        <span class=t><i class=${barClass(interval.share)}></i></span><span>${percent(interval.share)}</span>
        <span>${count(interval.count)}</span>
      `;
    if (own.length === 0) return html`<p class=none>${summary}</p>`;
    return html`<details><summary>${summary}</summary><ol class=x>${shortExamples(own, scale, env)}</ol></details>`;
  });
  return html`<div class=iv>${items}</div>`;
}
