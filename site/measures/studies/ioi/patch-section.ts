import type { IoiPatchRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { significant } from '../../../page-kit/format.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { type IoiData, isSure } from './data.ts';
import { domainOf, estimateCell, intervalStrip, logits, wholePercent } from './estimate.ts';
import { estimateColumns } from './estimate-columns.ts';
import { featureName } from './place-links.ts';

/** Each change of the story, in words. */
const CHANGES: Readonly<Record<string, ((substitute: string) => string) | undefined>> = {
  'unrelated giver': () => 'someone unrelated gives',
  'other names': () => 'other names',
  shifted: () => 'a sentence put in front',
  conjunction: (substitute) => `“${substitute}” for “and”`,
  order: () => 'the other order',
};

interface Change {
  readonly what: string;
  readonly isOrder: boolean;
  readonly rows: readonly IoiPatchRow[];
}

/** What the features carry of each change of the story. */
export function patchSection(data: IoiData, env: PageEnv): Html {
  const substitute = String(data.settings.replacesAnd ?? '');
  const changes = [...Map.groupBy(data.patches, ({ corruption }) => corruption)].map(([corruption, rows]): Change => {
    return { what: CHANGES[corruption]?.(substitute) ?? corruption, isOrder: corruption === 'order', rows };
  });
  if (changes.length === 0) return nothing;
  return html`
    <section aria-labelledby=patches>
      <h2 id=patches>What the features carry</h2>
      <div class=told>
        <p>
          The story is changed in one thing, and the features’ activations at the giver’s second mention are taken from
          the changed story into the unchanged one; all else there stays. What the change does as a whole is shown
          beside what it does through the features alone.
        </p>
        <ul class=found>${changes.map((change) => html`<li>${sentence(change)}</li>`)}</ul>
      </div>
      ${effectTable(data, changes)}${activationTable(changes, env)}${patchTable(changes)}
    </section>
  `;
}

function sentence({ what, isOrder, rows }: Change): Html {
  const [first] = rows;
  if (!first) return nothing;
  const best = strongest(rows.filter(({ patched }) => patched !== 'feature'));
  const sure = isSure(first.total)
    ? `${logits(first.total.mean)} as a whole`
    : `no sure change as a whole (${logits(first.total.mean)})`;
  const whole = isOrder ? 'ABBA and BABA change places, so that the whole change is 0 by construction' : sure;
  const share = best?.explained == null ? '' : `, ${wholePercent(best.explained)} of it`;
  const carried = best
    ? `; through ${nameOf(best)} ${logits(best.effect.mean)}${share}`
    : '; through no features for sure';
  return html`<b>${what}</b>: ${whole}${carried}.`;
}

/** The largest effect whose interval leaves out 0. */
function strongest(rows: readonly IoiPatchRow[]): IoiPatchRow | undefined {
  return rows
    .filter(({ effect }) => isSure(effect) && Math.abs(effect.mean) >= 0.005)
    .toSorted((a, b) => Math.abs(b.effect.mean) - Math.abs(a.effect.mean))[0];
}

function nameOf({ patched, layer, feature }: IoiPatchRow): string {
  if (patched === 'feature') return `feature ${layer}/${feature}`;
  return patched === 'chosen' ? 'the features followed' : `all features of layer ${layer}`;
}

function effectTable(data: IoiData, changes: readonly Change[]): Html {
  const domain = domainOf(data.patches.flatMap(({ effect, total }) => [effect, total]));
  const axis = html`<span class=axis><span>${logits(domain[0])}</span><span>${logits(domain[1])}</span></span>`;
  return html`
    <div class=scroll tabindex=0 role=region aria-label="Effects of patching">
      <table class="grid patches" aria-label="Effects of patching">
        <thead>
          <tr>
            <th scope=col>Change of the story, and what of it is patched</th>
            <th scope=col>${axis}</th>
            <th scope=col>Change of the lead, logits</th>
            <th scope=col>
              <abbr title="Its share of the change by the whole story, where that is sure and not small">
                Of the whole
              </abbr>
            </th>
          </tr>
        </thead>
        ${changes.map((change) => effectRows(change, domain))}
      </table>
    </div>
  `;
}

function effectRows({ what, rows }: Change, domain: readonly [number, number]): Html {
  const [first] = rows;
  if (!first) return nothing;
  const line = (head: Html, kind: string, row: IoiPatchRow, effect: IoiPatchRow['effect'], share: string) =>
    html`
      <tr class=${kind === 'total' ? 'whole' : kind}>
        ${head}
        <td>${intervalStrip([{ ...effect, kind }], domain)}</td>
        <td>${estimateCell(effect)}</td>
        <td>${row === first && kind === 'total' ? '' : share}</td>
      </tr>
    `;
  const all = rows.filter(({ patched }) => patched !== 'feature');
  const shown = all.filter(({ patched, effect }) => patched === 'chosen' || isSure(effect));
  const parts = shown.map((row) => {
    const share = row.explained === null ? '–' : wholePercent(row.explained);
    const head = html`<th scope=row>${nameOf(row)}</th>`;
    return line(head, isSure(row.effect) ? 'part' : 'unsure', row, row.effect, share);
  });
  const others = all.length - shown.length;
  if (others > 0)
    parts.push(
      html`
        <tr class=unsure><th scope=row>${otherLayers(others, shown)}</th><td></td><td>not sure of any</td><td></td></tr>
      `,
    );
  const head = html`<th scope=rowgroup>${what}</th>`;
  return html`<tbody>${line(head, 'total', first, first.total, '')}${parts}</tbody>`;
}

function otherLayers(count: number, shown: readonly IoiPatchRow[]): string {
  const rest = shown.some(({ patched }) => patched === 'layer') ? 'of the others' : 'of any layer';
  return `all features ${count === 1 ? 'of the other layer' : rest}`;
}

interface Patch {
  readonly what: string;
  readonly row: IoiPatchRow;
}

const shown = (value: number | null, show: (value: number) => string) => (value === null ? '–' : show(value));

const activation = (name: string, key: 'activation_clean' | 'activation_corrupted'): FigureColumn<Patch> => ({
  ...{ name, key, value: ({ row }) => row[key], show: ({ row }) => shown(row[key], significant) },
});

const patchColumns: readonly FigureColumn<Patch>[] = [
  { name: 'Change of the story', key: 'corruption', value: ({ row }) => row.corruption, show: ({ what }) => what },
  { name: 'What of it is patched', key: 'patched', value: ({ row }) => row.patched, show: ({ row }) => nameOf(row) },
  { name: 'Layer', key: 'layer', value: ({ row }) => row.layer },
  { name: 'Feature', key: 'feature', value: ({ row }) => row.feature },
  ...estimateColumns<Patch>('Change of the lead', 'effect', ({ row }) => row.effect),
  ...estimateColumns<Patch>('by the whole story', 'total', ({ row }) => row.total),
  {
    name: 'Of the whole',
    key: 'explained',
    value: ({ row }) => row.explained,
    show: ({ row }) => shown(row.explained, wholePercent),
  },
  activation('Activation as it is', 'activation_clean'),
  activation('in the changed story', 'activation_corrupted'),
];

/** Every patch that was tried, those of which nothing is sure among them. */
const patchTable = (changes: readonly Change[]): Html =>
  figureTable<Patch>({
    name: 'Effects of all patches',
    file: 'ioi-patches',
    columns: patchColumns,
    rows: changes.flatMap(({ what, rows }) => rows.map((row) => ({ what, row }))),
  });

/** Mean activations of the features followed, in the story as it is and in each change of it. */
function activationTable(changes: readonly Change[], env: PageEnv): Html {
  const features = (changes.at(0)?.rows ?? []).filter(({ patched }) => patched === 'feature');
  if (features.length === 0) return nothing;
  const cell = (row: IoiPatchRow | undefined) =>
    row?.activation_corrupted == null
      ? html`<td></td>`
      : html`<td>${significant(row.activation_corrupted, 2)} <small>${logits(row.effect.mean)}</small></td>`;
  const rows = features.map(({ layer, feature, activation_clean }) => {
    if (layer === null || feature === null) return nothing;
    const own = changes.map(({ rows }) => rows.find((row) => row.layer === layer && row.feature === feature));
    return html`
      <tr>
        <th scope=row>${featureName(layer, feature, env)}</th>
        <td>${significant(activation_clean ?? 0, 2)}</td>
        ${own.map(cell)}
      </tr>
    `;
  });
  return html`
    <div class=scroll tabindex=0 role=region aria-label="Activations in each change of the story">
      <table class="grid activations">
        <caption>
          Mean activation of the features followed at the giver’s second mention; small, what patching that feature
          alone changes of the lead
        </caption>
        <thead>
          <tr>
            <th scope=col>Feature</th>
            <th scope=col>as it is</th>
            ${changes.map(({ what }) => html`<th scope=col>${what}</th>`)}
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}
