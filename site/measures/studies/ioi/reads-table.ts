import type { IoiEdgeRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type Html, html, joined, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import type { IoiData } from './data.ts';
import { wholePercent } from './estimate.ts';
import { featureName, headName } from './place-links.ts';
import { sourceNames } from './source-names.ts';

const COMPONENTS: Readonly<Record<string, string | undefined>> = {
  embedding: 'token embedding',
  position: 'position embedding',
  mlp: 'MLP',
  attention: 'attention',
  error: 'SAE error',
  decoder_bias: 'decoder bias',
  folded_bias: 'folded value bias',
  output_bias: 'output bias',
  value_bias: 'value bias',
};

/** What the features followed read: where, through which head, and of what that is made. */
export function readsTable({ edges, features }: IoiData, env: PageEnv): Html {
  const groups = Map.groupBy(
    edges.filter(({ to_kind }) => to_kind === 'feature'),
    ({ to_layer, to_index }) => `${to_layer}/${to_index}`,
  );
  const rows = features
    .filter(({ role }) => role !== null)
    .map(({ layer, feature }) => {
      const own = groups.get(`${layer}/${feature}`) ?? [];
      const [places, parts] = [
        own.filter((row) => row.through_head !== null),
        own.filter((row) => row.through_head === null),
      ];
      return html`
        <tr>
          <th scope=row>${featureName(layer, feature, env)}</th>
          <td class=words>${joined(
            places.map((row) => place(row, env)),
            ', ',
          )}</td>
          <td class=words>${joined(
            parts.map((row) => part(row, env)),
            ', ',
          )}</td>
        </tr>
      `;
    });
  if (rows.length === 0) return nothing;
  return html`
    <div class=scroll>
      <table class="grid reads-of">
        <caption>
          What the features followed read at the giver’s second mention, as shares of their attribution; the second
          column takes it apart once more (recursive attribution)
        </caption>
        <thead>
          <tr>
            <th scope=col>Feature</th>
            <th scope=col class=words>From where, through which head</th>
            <th scope=col class=words>Of what it is made</th>
          </tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

function place({ from_kind, to_layer, through_head, value }: IoiEdgeRow, env: PageEnv): Html {
  const through = to_layer === null || through_head === null ? '' : html` (${headName(to_layer, through_head, env)})`;
  return html`${sourceNames[from_kind] ?? from_kind} ${wholePercent(value)}${through}`;
}

function part({ from_kind, from_layer, from_index, value }: IoiEdgeRow, env: PageEnv): Html {
  const share = wholePercent(value);
  if (from_layer !== null && from_index !== null)
    return html`feature ${featureName(from_layer, from_index, env)} ${share}`;
  const layer = from_layer === null || from_kind === 'value_bias' ? '' : ` ${from_layer}`;
  return html`${COMPONENTS[from_kind] ?? from_kind}${layer} ${share}`;
}
