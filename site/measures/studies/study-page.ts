import type { StudyEntry } from '../../../pipeline/measures/studies/catalogue.ts';
import type { StudyRecord } from '../../../pipeline/measures/studies/study-record.ts';
import { headLines } from '../../compose/head-lines.ts';
import { escapeHtml, escapeText } from '../../page-kit/escape.ts';
import { count, significant } from '../../page-kit/format.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';
import type { RenderedPage } from '../../page-kit/rendered-page.ts';

/** A study's page: its question, its verdict, its own sections, then what was done otherwise than planned and the cost. */
export function studyPage(entry: StudyEntry, record: StudyRecord, sections: string, env: PageEnv): RenderedPage {
  return {
    head: headLines(`${entry.title} · ${env.modelName}`, record.verdict),
    body:
      `<nav class=crumbs aria-label="Place"><a href="${env.links.page('studies')}">Studies</a></nav>` +
      `<header class=title><h1>${escapeHtml(entry.title)}</h1><p id=summary>${escapeHtml(entry.question)}</p></header>` +
      `<p id=verdict class=verdict>${escapeText(record.verdict)}</p>` +
      `<div class=study>${sections}${costSection(record)}</div>`,
  };
}

function costSection({ forwardPasses, forwardTokens, elapsedSeconds, settings, notes }: StudyRecord): string {
  const facts = [
    ...Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' ? [[words(name), String(value)]] : [],
    ),
  ];
  const items = facts.map(
    ([name = '', value = '']) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  const adapted = notes.map((note) => `<li>${escapeText(note)}</li>`).join('');
  return (
    '<section aria-labelledby=cost><h2 id=cost>What it took</h2>' +
    (adapted === '' ? '' : `<ul class="note adapted">${adapted}</ul>`) +
    `<p class=note>${count(forwardPasses)} forward passes of ${count(forwardTokens)} tokens in all, ${significant(elapsedSeconds, 2)} seconds, with these settings:</p>` +
    `<dl class=stats>${items.join('')}</dl></section>`
  );
}

/** `imageTokens` as `image tokens`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
