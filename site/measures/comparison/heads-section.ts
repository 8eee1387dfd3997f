import type { ComparedHeadRow } from '../../../pipeline/measures/comparison/table.ts';
import type { HeadRow } from '../../../pipeline/measures/heads/table.ts';
import { FACTOR } from '../../compare/differ.ts';
import { count } from '../../page-kit/format.ts';
import { type Html, html, joined } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { type HeadScore, headScores } from '../heads/head-scores.ts';
import { shownScore } from '../heads/shown-score.ts';
import { unequal } from './measured-differ.ts';
import type { OtherRun } from './other-run.ts';

/** Points by which shares have to differ. */
const LEAST_SHARE = 0.1;

export interface HeadPair {
  readonly own: HeadRow;
  readonly theirs: ComparedHeadRow;
}

interface DifferingScore {
  readonly score: HeadScore;
  readonly values: readonly [own: number, theirs: number];
}

/** The scores of a head that both runs have and that are told apart, in their order. */
export function differingScores({ own, theirs }: HeadPair): DifferingScore[] {
  return headScores.flatMap((score) => {
    const [a, b] = [own, theirs].map((row) => score.of({ row }));
    if (typeof a !== 'number' || typeof b !== 'number' || !areApart(a, b, score.unit)) return [];
    return [{ score, values: [a, b] as const }];
  });
}

function areApart(a: number, b: number, unit: HeadScore['unit']): boolean {
  if (unit === 'share') return Math.abs(a - b) >= LEAST_SHARE;
  const [small, large] = [Math.abs(a), Math.abs(b)].toSorted((x, y) => x - y);
  return a !== b && (Math.sign(a) !== Math.sign(b) || large >= FACTOR * small);
}

/** Heads whose verdicts or scores differ between the runs, each with what does. */
export function headsSection(pairs: readonly HeadPair[], other: OtherRun, links: Links): Html {
  const rows = pairs.flatMap((pair) => {
    const scores = differingScores(pair);
    const isOther = pair.own.polysemanticity !== pair.theirs.polysemanticity;
    return isOther || scores.length > 0 ? [headRow(pair, scores, isOther, links)] : [];
  });
  return html`
    <section id=heads>
      <h2>Heads</h2>
      <p>
        Of ${count(pairs.length)} heads ${count(rows.length)} differ: in their verdict, in a share by ${100 * LEAST_SHARE} points or
        more, or in another number of which one is ${FACTOR} times the other or more, or of another sign.
      </p>
      ${
        rows.length > 0 &&
        html`
          <div class=scroll tabindex=0 role=region aria-label="Heads that differ">
            <table class="grid compared" aria-label="Heads that differ">
              <thead><tr><th scope=col>Head<th scope=col>Verdict here<th scope=col>In ${other.name}<th scope=col>Scores, here → there</thead>
              <tbody>${rows}</tbody>
            </table>
          </div>
        `
      }
    </section>
  `;
}

function headRow({ own, theirs }: HeadPair, scores: readonly DifferingScore[], isOther: boolean, links: Links): Html {
  const { layer, sae, head } = own;
  const by = sae === String(layer) ? '' : ` by ${sae}`;
  const said = scores.map(({ score: { name, unit }, values: [a, b] }) => {
    return html`${name} ${shownScore(a, unit)} → ${shownScore(b, unit)}`;
  });
  return html`
    <tr><th scope=row><a href="${links.head(sae, head)}">${layer}.${head}${by}</a>${isOther && unequal}
    <td>${own.polysemanticity ?? '–'}<td>${theirs.polysemanticity ?? '–'}<td>${joined(said, '; ')}
  `;
}
