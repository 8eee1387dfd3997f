import {
  inductionThresholds,
  oneTokenIsEnough,
} from '../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';
import type { InductionHeadRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { count, percent, significant } from '../../../page-kit/format.ts';
import { type Html, html, isNothing, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { barHeights, barsPath } from '../../statistics/histogram.ts';
import { plotScales } from '../plot.ts';
import { headName, type InductionData, inductionHeadsOf, kindOf, type StudiedHead } from './data.ts';
import { edgeList } from './edge-list.ts';
import { headLink } from './head-link.ts';

/** What the heads do on text; what is missing where the study had none. */
export function textSection(data: InductionData, env: PageEnv): Html {
  const [first] = data.heads;
  const title = html`<section aria-labelledby=text><h2 id=text>On text</h2>`;
  if (!first || first.row.text_pairs === null) {
    return html`
      ${title}
      <p class=note>The study was given no text: what the heads do on it was not measured.</p>
      </section>
    `;
  }
  const heads = inductionHeadsOf(data);
  const pairs = total(first.row.text_pairs);
  const [contexts, of] = ['textContexts', 'textContextsOf'].map((name) => Number(data.record.settings[name]));
  const spread =
    contexts === of
      ? `The text’s ${count(of)} contexts`
      : `${count(contexts)} contexts spread over the text’s ${count(of)}`;
  return html`
    ${title}
    <p>
      ${spread} hold ${count(pairs)} pairs of a destination and the token after an earlier occurrence of the
      destination’s token. An edge is strong when more than ${inductionThresholds.attention} of the head’s attention
      goes there. Strong edges whose match is longer than one token are read again twice: with the token two before the
      source replaced by another, so that a single token still matches (<b>cut</b>), and with the token before the whole
      match replaced instead, which leaves the match as it was (<b>control</b>).
    </p>
    ${table(heads, env)}${otherHeads(data)}${edgeLists(heads, env)}</section>
  `;
}

function edgeLists(heads: readonly StudiedHead[], env: PageEnv): Html {
  const lists = heads.map((head) => edgeList(head, env));
  const legend = html`
    What matches is tinted, the source is marked, and the token that <b>cut</b> replaces has a frame.
  `;
  return lists.every(isNothing) ? nothing : html`<p class=note>${legend}</p>${lists}`;
}

const total = (counts: ArrayLike<number> | null): number => Array.from(counts ?? []).reduce((sum, n) => sum + n, 0);

function table(heads: readonly StudiedHead[], env: PageEnv): Html {
  if (heads.length === 0) return nothing;
  const columns = [
    'Head',
    'Strong edges',
    'By length of match, 1 to 10 or more',
    'Share of the pairs of that length',
    'Before',
    'Cut',
    'Control',
    'Means with intervals, 0 to 1',
    'Is one token enough?',
  ];
  const header = columns.map((column) => html`<th scope=col>${column}</th>`);
  const rows = heads.map(({ row }) => tableRow(row, env));
  return html`
    <div class=scroll tabindex=0 role=region aria-label="Induction on text">
      <table class="grid text-edges" aria-label="Induction on text"><thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table>
    </div>
  `;
}

function tableRow(row: InductionHeadRow, env: PageEnv): Html {
  const mean = (value: InductionHeadRow['before']) => (value === null ? '–' : significant(value.mean, 2));
  const cells = [
    count(total(row.text_edges)),
    lengthBars(row),
    shareBars(row),
    mean(row.before),
    mean(row.after),
    mean(row.control),
    intervals(row),
    answer(row),
  ];
  return html`
    <tr class=${kindOf(row)}><th scope=row>${headLink(row, env)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
  `;
}

const BARS = { step: 9, height: 24 };

/** Strong edges by length of match, as bars of the most. */
function lengthBars({ text_edges }: InductionHeadRow): Html {
  const counts = text_edges ?? [];
  const all = total(text_edges);
  const shares = Array.from(counts, (n) => n / Math.max(1, all));
  return bars(barHeights(counts, 'linear'), shares, 'Of the strong edges, by length of match');
}

/** Of the induction pairs of each length, the share that are strong edges, as bars of all. */
function shareBars({ text_edges, text_pairs }: InductionHeadRow): Html {
  const shares = Array.from(text_edges ?? [], (n, i) => n / Math.max(1, text_pairs?.[i] ?? 0));
  return bars(shares, shares, 'Strong among the pairs, by length of match');
}

function bars(heights: readonly number[], shares: readonly number[], name: string): Html {
  const label = shares.map((share, i) => `${i + 1}: ${percent(share, 2)}`).join(', ');
  const width = BARS.step * heights.length;
  return html`
    <svg class=lengths viewBox="0 0 ${width} ${BARS.height + 1}" role=img aria-label="${name}: ${label}">
      <path class=base d="M0 ${BARS.height + 0.5}H${width}"/><path d="${barsPath(heights, BARS.step, BARS.height)}"/>
    </svg>
  `;
}

const INTERVALS = { left: 4, top: 0, width: 132, height: 24 };

/** Before, cut and control as three marks with their intervals, one below another. */
function intervals({ before, after, control }: InductionHeadRow): Html {
  if (before === null || after === null || control === null) return html`–`;
  const { x } = plotScales(INTERVALS, [0, 1], [0, 1]);
  const mark = ({ mean, low, high }: typeof before, y: number, name: string) =>
    html`<path class=${name} d="M${x(low)} ${y}H${x(high)}M${x(mean)} ${y - 3}v6"/>`;
  return html`
    <svg class=intervals viewBox="0 0 140 ${INTERVALS.height}" aria-hidden=true>
      <path class=base d="M${x(0)} 0v24M${x(0.5)} 0v24M${x(1)} 0v24"/>${mark(before, 4, 'before')}
      ${mark(after, 12, 'after')}${mark(control, 20, 'before')}
    </svg>
  `;
}

function answer({ replaced, after, control }: InductionHeadRow): string {
  if (after === null || control === null) return 'no such edge';
  const enough = oneTokenIsEnough({ after: { ...after, count: replaced }, control: { ...control, count: replaced } });
  const verdict = enough === undefined ? 'cannot be told' : enough ? 'yes' : 'no';
  return `${verdict}, ${count(replaced)} edges`;
}

/** Which of the other heads has the most strong edges. */
function otherHeads({ heads }: InductionData): Html {
  const others = heads.filter(({ row }) => row.half_prefix === null);
  const edges = ({ row }: StudiedHead) => total(row.text_edges);
  const most = others.reduce<StudiedHead | undefined>(
    (best, head) => (best && edges(best) >= edges(head) ? best : head),
    undefined,
  );
  if (!most) return nothing;
  const [name, strong] = [headName(most.row), count(edges(most))];
  const found =
    others.length === 1
      ? `The other head, ${name}, has ${strong} strong edges`
      : `Of the ${count(others.length)} other heads ${name} has the most strong edges, ${strong}`;
  return html`
    <p class=note>
      ${found}: text has other reasons to attend to such a place.
    </p>
  `;
}
