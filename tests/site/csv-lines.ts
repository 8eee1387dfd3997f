const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The lines of the CSV file that a page's figure table of that name offers. */
export function csvLines(page: string, file: string): string[] {
  const [, table = ''] = page.split(`data-file="${file}"`);
  return [...(table.split('</details>')[0] ?? '').matchAll(/data-v="([^"]*)"/g)].map(([, line = '']) =>
    unescaped(line),
  );
}
