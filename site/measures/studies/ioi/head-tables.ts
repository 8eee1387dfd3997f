import { type Source, sources } from '../../../../pipeline/measures/studies/ioi/maths/sources.ts';
import type { IoiHeadRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import type { IoiData } from './data.ts';
import { estimateCell, wholePercent } from './estimate.ts';
import { estimateColumns } from './estimate-columns.ts';
import { headName } from './place-links.ts';

/** Every head, those without a part in it too. */
export const headTable = (data: IoiData, env: PageEnv): Html =>
  figureTable<IoiHeadRow>({
    name: 'All heads in the study',
    file: 'ioi-heads',
    summary: `All ${data.heads.length} heads in numbers`,
    columns: [
      {
        ...{ name: 'Head', key: 'head', value: ({ layer, head }) => `${layer}.${head}` },
        show: ({ layer, head }) => headName(layer, head, env),
      },
      { name: 'Roles', key: 'roles', value: ({ roles }) => roles.join(', ') },
      ...estimateColumns<IoiHeadRow>('Writes directly at the end', 'direct', ({ direct }) => direct),
      ...estimateColumns<IoiHeadRow>('Patched at the end', 'end_effect', ({ end_effect }) => end_effect),
      ...estimateColumns<IoiHeadRow>('of it, through others', 'indirect', ({ indirect }) => indirect),
      ...estimateColumns<IoiHeadRow>('Patched at S2', 's2_effect', ({ s2_effect }) => s2_effect),
      ...bySource('From the end', 'end', 'from_end'),
      ...bySource('From S2', 's2', 'from_s2'),
      attention('From S2 to the token after S1', 's2_to_next', ({ to_next }) => to_next),
    ],
    rows: data.heads,
  });

const attention = (name: string, key: string, of: (row: IoiHeadRow) => number): FigureColumn<IoiHeadRow> => ({
  ...{ name, key, value: of, show: (row) => wholePercent(of(row)) },
});

/** Attention from one place of the story to each kind of token. */
const bySource = (name: string, key: string, from: 'from_end' | 'from_s2'): FigureColumn<IoiHeadRow>[] =>
  sources.map((source, i) =>
    attention(`${name} to ${source}`, `${key}_to_${source.toLowerCase().replace(' ', '_')}`, (row) => row[from][i]),
  );

/** Heads with a part in it. */
export function partTable(data: IoiData, env: PageEnv): Html {
  const rows = data.heads.filter(({ roles }) => roles.length > 0);
  if (rows.length === 0) return nothing;
  const share = (values: ArrayLike<number>, source: Source) => wholePercent(values[sources.indexOf(source)]);
  const body = rows.map(
    (row) =>
      html`
        <tr>
          <th scope=row>${headName(row.layer, row.head, env)} <span class=words>${row.roles.join(', ')}</span></th>
          <td>${estimateCell(row.direct)}</td>
          <td>${estimateCell(row.indirect)}</td>
          <td>${estimateCell(row.s2_effect)}</td>
          <td>${share(row.from_end, 'IO')}</td>
          <td>${share(row.from_end, 'S1')}</td>
          <td>${share(row.from_end, 'S2')}</td>
          <td>${share(row.from_s2, 'S1')}</td>
          <td>${wholePercent(row.to_next)}</td>
        </tr>
      `,
  );
  return html`
    <div class=scroll>
      <table class="grid">
        <caption>Heads with a part in it</caption>
        <thead>
          <tr>
            <th scope=col rowspan=2>Head</th>
            <th scope=col rowspan=2>Writes directly at the end</th>
            <th scope=col rowspan=2>Through others</th>
            <th scope=col rowspan=2>At S2</th>
            <th scope=colgroup colspan=3>From the end, attention to</th>
            <th scope=colgroup colspan=2>From S2, attention to</th>
          </tr>
          <tr>
            <th scope=col>IO</th>
            <th scope=col>S1</th>
            <th scope=col>S2</th>
            <th scope=col>S1</th>
            <th scope=col>after S1</th>
          </tr>
        </thead>
        <tbody>${body}</tbody>
      </table>
    </div>
  `;
}
