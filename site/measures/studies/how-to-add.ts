import type { StudyEntry, StudyName } from '../../../pipeline/measures/studies/catalogue.ts';
import { type Html, html } from '../../page-kit/html.ts';

/** The command that adds a study to a run, which has no budget, and what it asks of the model's folder. */
export function howToAdd({ name, needs, readsSaes }: StudyEntry & { readonly name: StudyName }): Html {
  const saes = readsSaes ? ' --saes SAES' : '';
  return html`
    To add it to this run: <code>npm run atlas -- study ${name} --model MODEL${saes} --out RUN</code>
    ${needs.includes('curve') && html` The model’s folder has to hold the curve of its training, <code>training.json</code>.`}
  `;
}
