import { judgedChoice, roleThresholds } from '../../../pipeline/measures/heads/maths/polysemanticity.ts';
import type { HeadVerdictRow } from '../../../pipeline/measures/heads/table.ts';
import { count, percent } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';

/** Polysemantic heads and candidates by every choice that verdicts were tried with; nothing where none were. */
export function choicesSection(verdicts: readonly HeadVerdictRow[]): Html {
  if (verdicts.length === 0) return nothing;
  const thresholds = [...new Set(verdicts.map(({ threshold }) => threshold))].toSorted((a, b) => a - b);
  const groups = [...Map.groupBy(verdicts, ({ least_confidence }) => least_confidence)].toSorted(([a], [b]) => a - b);
  const header = thresholds.map((threshold) => html`<th scope=col>over ${threshold}`);
  return html`
    <section id=choices class=layer>
      <h2>What the count depends on</h2>
      <p class=note>
        Polysemantic heads, and candidates for monosemanticity after the slash, by the features of greatest head weight
        that are taken, by how many effective roles make a head polysemantic, and by the confidence below which a
        feature’s family counts as unclear.
      </p>
      <div class=scroll tabindex=0 role=region aria-label="Heads by choice of features, threshold and confidence">
        <table class=grid>
          <caption class=visually-hidden>Polysemantic heads and candidates by choice</caption>
          <thead><tr><th scope=col>Least confidence<th scope=col>Features${header}</thead>
          <tbody>${groups.map(([least, own]) => rowsOf(least, own, thresholds))}</tbody>
        </table>
      </div>
    </section>
  `;
}

function rowsOf(least: number, own: readonly HeadVerdictRow[], thresholds: readonly number[]): Html {
  const byFeatures = [...Map.groupBy(own, ({ features }) => features)].toSorted(
    ([a], [b]) => (a ?? Number.POSITIVE_INFINITY) - (b ?? Number.POSITIVE_INFINITY),
  );
  const lines = byFeatures.map(([features, rows]) => {
    const cells = thresholds.map((threshold) =>
      cell(
        rows.filter((row) => row.threshold === threshold),
        isJudged({ features, least_confidence: least, threshold }),
      ),
    );
    return html`<tr><th scope=row>${least === 0 ? 'any' : percent(least, 2)}<td>${features ?? 'all'}${cells}`;
  });
  return html`${lines}`;
}

function cell(rows: readonly HeadVerdictRow[], isJudged: boolean): Html {
  const of = (name: string) => count(rows.filter(({ verdict }) => verdict === name).length);
  const text = `${of('polysemantic')} / ${of('monosemantic candidate')}`;
  return html`<td>${isJudged ? html`<b>${text}</b>` : text}`;
}

const isJudged = (row: Pick<HeadVerdictRow, 'features' | 'least_confidence' | 'threshold'>) =>
  row.features === judgedChoice.features &&
  row.least_confidence === judgedChoice.leastConfidence &&
  row.threshold === roleThresholds.roles;
