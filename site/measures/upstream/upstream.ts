import type { UpstreamRow } from '../../../pipeline/measures/upstream/table.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { nameShown } from '../../page-kit/feature-name.ts';
import { percent, signed, significant } from '../../page-kit/format.ts';
import { attr, type Html, type HtmlValue, html, nothing } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';

/** Components under this share of the activation, either way, have one row together. */
const LEAST_SHARE = 0.01;

const NAMES: Readonly<Record<string, string | undefined>> = {
  embedding: 'Token embedding',
  position: 'Position embedding',
  attention: 'Attention output',
  error: 'SAE error',
  decoder_bias: 'SAE decoder bias',
  folded_bias: 'Folded value bias',
  output_bias: 'Output bias',
  mlp: 'MLP',
  value_bias: 'Value bias',
  constant: 'Constant',
  other_features: 'Other features',
};

/** What a feature reads: upstream features and the rest of the residual stream; empty where the run did not look. */
export function upstreamSection(rows: readonly UpstreamRow[] | undefined, env: PageEnv): Html {
  const [first] = rows ?? [];
  if (!rows || !first) return nothing;
  const largest = greatest(
    rows.map(({ share }) => Math.abs(share)),
    Number.MIN_VALUE,
  );
  const features = rows.filter(({ upstream_feature }) => upstream_feature !== null);
  const others = rows.filter(({ upstream_feature }) => upstream_feature === null);
  const components = others.filter(({ share }) => Math.abs(share) >= LEAST_SHARE);
  const small = others.filter(({ share }) => Math.abs(share) < LEAST_SHARE);
  return html`
    <section aria-labelledby=reads>
      <h2 id=reads>What it reads</h2>
      <p class=note>${note(first.examples)} <a href="${env.links.page('methods')}#recursive">How it is computed</a></p>
      ${features.length > 0 && table(features, [], { heading: 'Upstream feature', name: 'upstream features', largest, env })}
      ${table(components, small, { heading: 'Component', name: 'other components', largest, env })}
    </section>
  `;
}

function note(examples: number): string {
  const over = examples === 1 ? 'in one of its top examples' : `mean over ${examples} of its top examples`;
  return (
    `Share of the activation, ${over}, with attention patterns and normalisation scales held as they were. ` +
    `All shares sum to ${percent(1)}; negative shares lower the activation.`
  );
}

interface TableOptions {
  readonly heading: string;
  /** What its rows are. */
  readonly name: string;
  readonly largest: number;
  readonly env: PageEnv;
}

function table(rows: readonly UpstreamRow[], small: readonly UpstreamRow[], options: TableOptions): Html {
  const wired = rows.some(({ wiring }) => wiring !== null);
  const columns = [
    html`
      <th scope=col>${options.heading}</th>
      <th scope=col><span class=visually-hidden>Share, as a bar</span></th>
      <th scope=col>Share</th>
    `,
    html`<th scope=col><abbr title="The head with the largest part of it">Head</abbr></th>`,
    html`<th scope=col><abbr title="Tokens back from the feature to where it reads, on average">Back</abbr></th>`,
    wired
      ? html`
        <th scope=col><abbr title="How strongly the weights alone connect them through that head">Wiring</abbr></th>
      `
      : '',
  ];
  const body = [...rows.map((row) => tableRow(row, wired, options)), smallRow(small, options)];
  return html`
    <div class=scroll>
      <table class="grid reads" aria-label="What it reads: ${options.name}"><thead><tr>${columns}</tr></thead><tbody>${body}</tbody></table>
    </div>
  `;
}

function tableRow(row: UpstreamRow, wired: boolean, { largest, env }: TableOptions): Html {
  const { layer, sae, head, share, distance, wiring } = row;
  const cells = [
    bar(share, largest),
    percent(share, 2),
    head === null ? '–' : html`<a href="${env.links.head(sae, head)}">${layer}.${head}</a>`,
    distance === null ? '–' : significant(distance, 2),
    ...(wired ? [wiring === null ? '–' : signed(wiring, 2)] : []),
  ];
  return tableLine(nameOf(row, env), cells);
}

/** What is too small for a row of its own, so that the shares of a page still sum to 100%. */
function smallRow(rows: readonly UpstreamRow[], { largest }: TableOptions): Html {
  if (rows.length === 0) return nothing;
  const share = rows.reduce((sum, row) => sum + row.share, 0);
  const name = `${rows.length} component${rows.length === 1 ? '' : 's'} under ${percent(LEAST_SHARE, 1)}${rows.length === 1 ? '' : ' each'}`;
  return tableLine(name, [bar(share, largest), percent(share, 2), '–', '–']);
}

function tableLine(name: HtmlValue, cells: readonly HtmlValue[]): Html {
  return html`<tr><th scope=row>${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

function bar(share: number, largest: number): Html {
  const track = share < 0 ? attr`class="t against"` : attr`class=t`;
  return html`<span ${track}><i class=${barClass(Math.abs(share) / largest)}></i></span>`;
}

function nameOf(row: UpstreamRow, env: PageEnv) {
  const { kind, upstream_layer: layer, upstream_feature: feature, examples, seen } = row;
  const sae = row.upstream_sae ?? String(layer);
  if (layer !== null && feature !== null) {
    const partly = seen < examples ? html` <small>in ${seen} of ${examples}</small>` : '';
    return html`
      <a href="${env.links.feature(sae, feature)}">${sae}/${feature}</a>${partly} ${nameShown(env.nameOf(sae, feature))}
    `;
  }
  const known = NAMES[kind] ?? kind;
  return layer === null || kind === 'value_bias' || layer === row.layer ? known : `${known}, layer ${layer}`;
}
