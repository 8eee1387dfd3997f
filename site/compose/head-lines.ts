import { escapeHtml } from '../page-kit/escape.ts';

/** Title and description of a page, for its <head>. */
export function headLines(title: string, description: string): string {
  return `<title>${escapeHtml(title)}</title><meta name="description" content="${escapeHtml(description)}">`;
}
