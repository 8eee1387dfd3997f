import type { StudyEntry, StudyName } from '../../../pipeline/measures/studies/catalogue.ts';
import type { StudyRecord } from '../../../pipeline/measures/studies/study-record.ts';
import { headLines } from '../../compose/head-lines.ts';
import { count, significant } from '../../page-kit/format.ts';
import { type Html, html } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import type { RenderedPage } from '../../page-kit/rendered-page.ts';
import { spaced } from '../../page-kit/spaced.ts';
import { wasOverBudget } from './has-result.ts';
import { howToAdd } from './how-to-add.ts';

/** A study's page: its question, its verdict, its own sections, then what was done otherwise than planned and the cost. */
export function studyPage(
  entry: StudyEntry & { readonly name: StudyName },
  record: StudyRecord,
  sections: Html,
  env: PageEnv,
): RenderedPage {
  return {
    head: headLines(
      { title: `${entry.title} · ${env.modelName}`, description: record.verdict },
      env.links,
      `studies/${record.study}`,
    ),
    body: html`
        <nav class=crumbs aria-label="Place"><a href="${env.links.page('studies')}">Studies</a></nav>
        <header class=title><h1>${entry.title}</h1><p id=summary>${entry.question}</p></header>
        <p id=verdict class=verdict>${record.verdict}</p>
        ${wasOverBudget(record) && html`<p class=note>${howToAdd(entry)}</p>`}
        <div class=study>${sections}${costSection(record)}</div>
      `,
  };
}

function costSection({ forwardPasses, forwardTokens, elapsedSeconds, settings, notes }: StudyRecord): Html {
  const facts = [
    ...Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [[words(name), shown(name, value)]] : [],
    ),
  ];
  const items = facts.map(([name = '', value = '']) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const adapted = notes.map((note) => html`<li>${note}</li>`);
  return html`
    <section aria-labelledby=cost>
      <h2 id=cost>What it took</h2>
      ${notes.length > 0 && html`<ul class="note adapted">${adapted}</ul>`}
      <p class=note>
        ${count(forwardPasses)} forward passes, ${count(forwardTokens)} tokens in
        all, ${significant(elapsedSeconds, 2)} seconds, with these settings:
      </p>
      <dl class=stats>${items}</dl>
    </section>
  `;
}

/** `imageTokens` as `image tokens`; what something is a part of, `imageTokensOf`, as `image tokens in all`. */
const words = (name: string): string => spaced(name.replace(/Of$/, 'InAll'));

/** A seed is a name rather than a number. */
const shown = (name: string, value: string | number): string =>
  Number.isInteger(value) && name !== 'seed' ? count(Number(value)) : String(value);
