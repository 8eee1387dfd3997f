import { compositionKinds } from '../../../pipeline/measures/circuits/maths/composition.ts';
import type { HeadCircuitsRow } from '../../../pipeline/measures/circuits/table.ts';
import { greatest, least } from '../../../pipeline/numbers/extremes.ts';
import { count, percent, signed, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { statList } from '../../page-kit/stat-list.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';

type Pairs = HeadCircuitsRow['writes'];

/** What a head's QK and OV circuits do by their weights only; nothing where the run left them out. */
export function circuitsSection(row: HeadCircuitsRow | undefined, env: PageEnv): Html {
  if (!row) return nothing;
  return html`
    <section id=circuits>
      <h2><a href="${env.links.page('methods')}#circuits">Circuits</a></h2>
      <p class=note>
        Computed from the weights only, for the ${count(row.tokens)} most frequent tokens of the text against the whole
        vocabulary.
      </p>
      <div class=traits>${attends(row, env)}${writes(row, env)}${composes(row, env)}</div>
    </section>
  `;
}

function attends(row: HeadCircuitsRow, env: PageEnv): Html {
  const { scores, qk_singular, qk_rank } = row;
  return html`
    <div><h3>Attends, W<sub>QK</sub></h3>${byDistance(row)}${pairList(row.attends, env)}${statList([
      ...share('Same token among ten', scores.same_token_preference),
      ...share('Previous token, by position', scores.previous_token_by_position),
      ...share('Current token, by position', scores.current_token_by_position),
      ...share('BOS, by position', scores.bos_by_position),
      ...figure('Recency, by position', scores.recency_by_position, (value) => signed(value, 2)),
      rank(qk_rank, qk_singular),
    ])}</div>
  `;
}

const PROFILE = { width: 132, height: 40 };

/** Mean score by distance of a head whose positions are rotary: its W_QK is a matrix for each distance. */
function byDistance({ by_distance, same_token_by_distance }: HeadCircuitsRow): Html {
  if (by_distance.length === 0) return nothing;
  const profiles = [by_distance, same_token_by_distance];
  const highest = greatest(profiles.map((profile) => greatest(profile)));
  const lowest = least(profiles.map((profile) => least(profile)));
  const x = (distance: number) => significant((distance / Math.max(1, by_distance.length - 1)) * PROFILE.width, 4);
  const y = (score: number) => significant(((highest - score) / (highest - lowest || 1)) * PROFILE.height, 4);
  const line = (profile: Float32Array) =>
    Array.from(profile, (score, distance) => `${distance === 0 ? 'M' : 'L'}${x(distance)} ${y(score)}`).join('');
  const best = by_distance.indexOf(greatest(by_distance));
  return html`
    <figure class=profile>
      <svg viewBox="-2 -2 ${PROFILE.width + 4} ${PROFILE.height + 4}" role=img
        aria-label="Mean score by distance: highest at ${best}, ${signed(by_distance[best])}; at ${by_distance.length - 1}, ${signed(by_distance.at(-1) ?? Number.NaN)}">
        <path class=same d="${line(same_token_by_distance)}"/><path d="${line(by_distance)}"/>
      </svg>
      <figcaption>
        Score by distance t − s, 0 to ${by_distance.length - 1}: mean over all pairs of tokens, highest at ${best}; dashed, a
        token with itself. The pairs below are scored by the mean over distances from 1 on.
      </figcaption>
    </figure>
  `;
}

function writes(row: HeadCircuitsRow, env: PageEnv): Html {
  const { scores, ov_singular, ov_rank } = row;
  return html`
    <div><h3>Writes, W<sub>OV</sub></h3>${pairList(row.writes, env)}${statList([
      ['Copying, by eigenvalues', signed(scores.copying_by_eigenvalues, 2)],
      ...share('Same token among ten', scores.copying_by_tokens),
      rank(ov_rank, ov_singular),
    ])}</div>
  `;
}

const SHOWN = 8;

function pairList(pairs: Pairs, env: PageEnv): Html {
  const largest = greatest(
    pairs.map(({ value }) => Math.abs(value)),
    Number.MIN_VALUE,
  );
  const token = (id: number) => html`<code>${tokenLabel(env.token(id))}</code>`;
  const items = pairs.slice(0, SHOWN).map(
    ({ from, to, value }) =>
      html`
          <li>
            <i class=${barClass(Math.abs(value) / largest)}></i><span>${token(from)} → ${token(to)}</span>
            <span>${signed(value)}</span>
          </li>
        `,
  );
  return html`<ol class="bars up">${items}</ol>`;
}

/** A line of figures; none of what was not measured. */
const figure = (name: string, value: number | null, show: (value: number) => string): [string, string][] =>
  value === null ? [] : [[name, show(value)]];

const share = (name: string, value: number | null) => figure(name, value, (measured) => percent(measured, 2));

const rank = (effective: number, singular: ArrayLike<number>): [string, string] => [
  'Effective rank',
  `${significant(effective, 3)} of ${singular.length}`,
];

const ROLE = { K: 'Keys read what it wrote', Q: 'Queries read it', V: 'Values read it' } as const;

/** The earlier heads that a head reads most; those at or under what is random are left out. */
function composes({ layer, composition }: HeadCircuitsRow, env: PageEnv): Html {
  const above = composition.filter(({ score }) => score > 0);
  const largest = greatest(
    above.map(({ score }) => score),
    Number.MIN_VALUE,
  );
  const lists = compositionKinds.map((kind) => {
    const items = above
      .filter((part) => part.kind === kind)
      .map(
        (part) =>
          html`
            <li>
              <i class=${barClass(part.score / largest)}></i>${headName(part, env)}<span>${signed(part.score, 2)}</span>
            </li>
          `,
      );
    const list = items.length > 0 ? html`<ol class=bars>${items}</ol>` : html`<p class=note>None above chance.</p>`;
    return html`<h4>${kind}: ${ROLE[kind]}</h4>${list}`;
  });
  const body = layer === 0 ? html`<p class=note>There is no earlier layer.</p>` : lists;
  return html`<div><h3>Reads of earlier heads</h3>${body}</div>`;
}

/** Layers without an SAE have no pages. */
function headName({ layer, head }: { readonly layer: number; readonly head: number }, env: PageEnv): Html {
  const name = `${layer}.${head}`;
  const sae = env.saeOf(layer);
  return sae !== undefined ? html`<a href="${env.links.head(sae, head)}">${name}</a>` : html`<b>${name}</b>`;
}
