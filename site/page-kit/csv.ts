/** Spreadsheets take what begins with one of these for a formula. */
const formula = /^[=+\-@\t\r]/;

/** A cell of a CSV file (RFC 4180): a text as it is read back, and as no spreadsheet takes for a formula. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Lines of cells as the text of a CSV file. */
export function csvText(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}
