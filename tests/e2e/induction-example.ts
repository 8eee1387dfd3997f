import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeStrip } from '../../site/page-kit/strip-codec.ts';
import { cutTokens } from '../../site/page-kit/strip-tokens.ts';

/** A feature whose top example's strongest source follows an earlier occurrence of the present token. */
export interface InductionExample {
  /** Its page's path without extension: f/1/6. */
  readonly page: string;
  /** Of the example, as the page says it. */
  readonly activation: string;
  /** Attribution to that source as a share of all positive attribution. */
  readonly share: number;
}

/** The clearest induction among the top examples of some features, by what their pages say. */
export function clearestInduction(site: string, pages: readonly string[]): InductionExample {
  const [first] = pages.flatMap((page) => inductionOn(site, page)).toSorted((a, b) => b.share - a.share);
  if (!first) throw new Error(`no induction on the pages ${pages.join(', ')}`);
  return first;
}

function inductionOn(site: string, page: string): InductionExample[] {
  const html = readFileSync(join(site, `${page}.html`), 'utf8');
  const [, top = ''] = html.match(/<ol class="x top"[^>]*>(.*?)<\/ol>/s) ?? [];
  const [, activation = '', code = '', strip = ''] =
    top.match(/<b>([^<]+)<i[^>]*>.*?<p class=s data-s="([^"]*)">(.*?)<\/p>/s) ?? [];
  const share = inductionShare(code, strip);
  return share === undefined ? [] : [{ page, activation, share }];
}

/** undefined where the strongest source within the window is not what induction would read. */
function inductionShare(code: string, strip: string): number | undefined {
  const { lengths, bySource } = decodeStrip(code);
  const runs = [...strip.matchAll(/<(b|mark)[^>]*>(.*?)<\/\1>|([^<]+)/gs)].map(([, tag, shaded, plain]) => ({
    text: unescaped(shaded ?? plain ?? ''),
    shaded: tag !== undefined,
    peak: tag === 'mark',
  }));
  const pieces = cutTokens(runs, lengths);
  const peak = pieces.findIndex(({ run }) => runs[run]?.peak);
  const source = bySource.indexOf(Math.max(...bySource));
  const isInduction = source > 0 && source < peak && pieces[source - 1]?.text === pieces[peak]?.text;
  const positive = bySource.reduce((sum, value) => sum + Math.max(0, value), 0);
  return isInduction ? (bySource[source] ?? 0) / positive : undefined;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
const unescaped = (text: string) => text.replace(/&(amp|lt|gt);/g, (whole, name: string) => entities[name] ?? whole);
