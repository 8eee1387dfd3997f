import type { ScoreComponent } from '../../../pipeline/attribution/recursion/score-attribution.ts';

type Kind = ScoreComponent['kind'];

const names: Readonly<Record<Exclude<Kind, 'feature'>, readonly [long: string, short: string]>> = {
  embedding: ['Token embedding', 'token'],
  position: ['Position embedding', 'position'],
  error: ['SAE error', 'error'],
  decoder_bias: ['SAE decoder bias', 'dec. bias'],
  folded_bias: ['Folded value bias', 'folded bias'],
  output_bias: ['Output bias', 'out. bias'],
  attention: ['Attention output', 'attention'],
  mlp: ['MLP', 'MLP'],
  value_bias: ['Value bias', 'value bias'],
  constant: ['Encoder constant', 'constant'],
  unembedding_bias: ['Unembedding bias', 'unemb. bias'],
  logit: ['Logit', 'logit'],
  query_bias: ['Query bias', 'query bias'],
  key_bias: ['Key bias', 'key bias'],
};

type Named = Pick<ScoreComponent, 'kind' | 'layer' | 'feature'>;

/** What a component is called in a list: "MLP 0", "Feature 0/739", where its SAE has an id of its own by that. */
export function componentName({ kind, layer, feature }: Named, sae: string | number | null = layer): string {
  if (kind === 'feature') return `Feature ${sae}/${feature}`;
  return layer === null || kind === 'constant' ? names[kind][0] : `${names[kind][0]} ${layer}`;
}

/** The same where there is little room: "MLP 0", "0/739". */
export function shortName({ kind, layer, feature }: Named, sae: string | number | null = layer): string {
  if (kind === 'feature') return `${sae}/${feature}`;
  return layer === null || kind === 'constant' ? names[kind][1] : `${names[kind][1]} ${layer}`;
}
