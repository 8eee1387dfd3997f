import { cutLengthsOf } from '../../../pipeline/measures/families/maths/context-curve.ts';
import { successorsOf } from '../../../pipeline/measures/families/maths/succession.ts';
import type { FamilyCheckRow } from '../../../pipeline/measures/families/table.ts';
import type { FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { laterTable } from '../../page-kit/figure-table.ts';
import { fourDigits, percent } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import { tokenLabel } from '../../page-kit/token-text.ts';
import { familyEvidence } from './family-evidence.ts';
import { proxyFigure } from './family-proxy.ts';

const WIDTH = 250;
const HEIGHT = 48;

/** A feature's family with the evidence for it; nothing where none was looked for. */
export function familySection(row: FeatureRow, env: PageEnv, check?: FamilyCheckRow): Html {
  if (row.family === null || row.family_scores === null) return nothing;
  const { links } = env;
  return html`
    <section id=family>
      <h2><a href="${links.page('methods')}#families">Family</a></h2>
      <p><a href="${links.page('features')}?family=${encodeURIComponent(row.family)}"><b>${row.family}</b></a></p>
      ${familyEvidence(row, links, check)}${readsLine(row, env)}${proxyFigure(row, env)}
      ${curveFigure(row.context_curve, env.contextLength)}
    </section>
  `;
}

/** The tokens that carry most of its positive attribution; of succession, with what it promotes after them. */
function readsLine({ family, read_tokens, positive_logits }: FeatureRow, env: PageEnv): Html {
  if (read_tokens === null || read_tokens.length === 0) return nothing;
  const code = (token: string) => html`<code>${tokenLabel(token)}</code>`;
  const items = Array.from(read_tokens, ({ token_id, share }) => {
    const successors = family === 'succession' ? successorsOf(env.token(token_id)) : [];
    const next = positive_logits.find(({ token }) => successors.includes(token.trim().toLowerCase()));
    return {
      share: percent(share, 2),
      token: html`${code(env.token(token_id))}${next && html` → ${code(next.token)}`}`,
    };
  });
  const [first, ...others] = items;
  if (!first) return nothing;
  const rest = others.map(({ share, token }) => html`, ${share} from ${token}`);
  return html`
    <p class=note>
      In its top examples ${first.share} of its positive attribution comes from the token ${first.token}${rest}.
    </p>
  `;
}

/** Share of the activation that is left with the context cut to its last 1, 2, 4 … tokens, as far as contexts can be cut. */
export function curveFigure(curve: ArrayLike<number> | null, contextLength: number): Html {
  if (curve === null || curve.length === 0) return nothing;
  const shares = Array.from(curve);
  const lengths = cutLengthsOf(contextLength);
  const step = WIDTH / Math.max(1, lengths.length - 1);
  const points = shares.map((share, i) => `${Math.round(i * step)} ${Math.round(HEIGHT * (1 - Math.min(1, share)))}`);
  const text = shares.map((share, i) => `${lengths[i]}: ${percent(share, 2)}`).join(', ');
  const labels = lengths.map((tokens) => html`<span>${tokens}</span>`);
  return html`
    <figure class=curve>
      <figcaption>Activation left when only the last n tokens are kept</figcaption>
      <svg viewBox="-3 -3 ${WIDTH + 6} ${HEIGHT + 6}" role=img aria-label="By tokens left: ${text}"
        data-x="${lengths.join(' ')}" data-c="${shares.map(fourDigits).join(' ')}">
        <path class=base d="M0 ${HEIGHT}h${WIDTH}M0 0h${WIDTH}"/><path d="M${points.join('L')}"/>
      </svg>
      <p class=axis>${labels}</p>
      ${laterTable('context-curve')}
    </figure>
  `;
}
