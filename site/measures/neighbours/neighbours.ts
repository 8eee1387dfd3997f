import type { NeighbourRow } from '../../../pipeline/measures/neighbours/table.ts';
import { nameShown, shortName } from '../../page-kit/feature-name.ts';
import { digits, integer, part } from '../../page-kit/fillings.ts';
import { type Html, html, isNothing, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { pattern } from '../../page-kit/pattern.ts';

interface List {
  /** What the features are near by, and what the numbers of the list are. */
  readonly name: string;
  has(row: NeighbourRow): boolean;
}

const lists: readonly List[] = [
  { name: 'By cosine of decoders, in this SAE', has: (row) => row.kind === 'decoder' && row.other_sae === row.sae },
  {
    name: 'By cosine of what they write, in other SAEs',
    has: (row) => row.kind === 'decoder' && row.other_sae !== row.sae,
  },
  { name: 'By cosine of logit effects', has: (row) => row.kind === 'logits' },
  { name: 'By correlation of activations, in this SAE', has: (row) => row.kind === 'activation' },
];
/** Characters of a summary in the column of neighbours: two lines of it. */
const MOST_SHOWN = 64;

/** The features that a feature is nearest to, a list for each sense of it; empty where the run did not look. */
export function neighboursSection(rows: readonly NeighbourRow[] | undefined, env: PageEnv): Html {
  if (!rows || rows.length === 0) return nothing;
  const twins = new Set(rows.filter(({ twin }) => twin).map(keyOf));
  const shown = lists.map((list) => listOf(list, rows, twins, env)).filter((list) => !isNothing(list));
  return html`
    <section id=neighbours>
      <h2><a href="${env.links.page('methods')}#neighbours">Neighbours</a></h2>
      ${shown}
    </section>
  `;
}

const keyOf = ({ other_sae, other_feature }: NeighbourRow): string => `${other_sae}/${other_feature}`;

function listOf(list: List, rows: readonly NeighbourRow[], twins: ReadonlySet<string>, env: PageEnv): Html {
  const own = rows.filter((row) => list.has(row));
  if (own.length === 0) return nothing;
  return html`
    <h3>${list.name}</h3>
    <ol class=near>${near(own, { twins, env })}</ol>
  `;
}

interface Scope {
  /** Keys of those that are twins. */
  readonly twins: ReadonlySet<string>;
  readonly env: PageEnv;
}

const near = pattern<NeighbourRow, Scope>`
  <li>
    <a href="${part(({ other_sae, other_feature }, { env }) => env.links.feature(other_sae, other_feature))}">${part(({ other_sae }) => other_sae)}/${integer(({ other_feature }) => other_feature)}</a> <b>${digits(({ value }) => value, 2)}</b>
    ${part((row, { twins }) => twins.size > 0 && twins.has(keyOf(row)) && html`<em>twin</em> `)}${part(nameOf)}
`;

function nameOf({ other_sae, other_feature }: NeighbourRow, { env }: Scope): Html | false {
  const name = env.nameOf(other_sae, other_feature);
  if (!name) return false;
  return name.isRule ? html`<small>${shortName(name, MOST_SHOWN)}</small>` : nameShown(name);
}
