import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { count, percent } from '../../page-kit/format.ts';
import { type Html, html, joined, nothing } from '../../page-kit/html.ts';
import { saeTitle } from './sae-title.ts';

/** What it means that SAEs were not trained on some tokens; nothing where every token of the run counts for each. */
export function excludedTokens(rows: readonly Pick<SaeRow, 'layer' | 'sae' | 'tokens'>[], tokens: number): Html {
  const excluding = rows.filter((row) => row.tokens < tokens);
  if (excluding.length === 0) return nothing;
  const those = excluding.map((row) => {
    const left = tokens - row.tokens;
    return html`${saeTitle(row)} (${count(left)} of ${count(tokens)} tokens, ${percent(left / tokens, 2)})`;
  });
  return html`
    <h3 id=excluded-tokens>Tokens that an autoencoder was not trained on</h3>
    <p>
      The training of some autoencoders left special tokens out (SAELens’s <code>exclude_special_tokens</code>); in this run
      ${joined(those, ', ')}. Such a token counts in none of that autoencoder’s numbers: an activation there is not recorded,
      so that it is no example and in no density, histogram or family, and where quality is measured z stays as it is there.
      Heads attend to it as ever, so that it may be a source of attribution.
      <small class=source>Ours.</small>
    </p>
  `;
}
