import { csvText } from './csv.ts';
import { attr, type Html, html } from './html.ts';

/** A column of a figure's table: what it is called there and in the CSV file, and what it has of a row. */
export interface FigureColumn<Row> {
  readonly name: string;
  readonly key: string;
  value(row: Row): string | number | null;
  /** The value as the table prints it, where that is not the value itself. */
  show?(row: Row): Html | string;
}

export interface FigureTable<Row> {
  /** What it is a table of. */
  readonly name: string;
  /** Name of the CSV file, without its ending. */
  readonly file: string;
  readonly columns: readonly FigureColumn<Row>[];
  readonly rows: readonly Row[];
  /** What it opens by. */
  readonly summary?: string;
}

/** Of a number that is not whole. */
const DIGITS = 6;

/**
 * What a figure shows, as a table that opens below it and needs no script. `data-v` of the table and of its rows are the
 * lines of a CSV file, which the page offers to save.
 */
export function figureTable<Row>({ name, file, columns, rows, summary = 'As a table' }: FigureTable<Row>): Html {
  const header = columns.map((column) => html`<th scope=col>${column.name}`);
  return html`
    <details class=as-table data-file="${file}">
      <summary class=note>${summary}</summary>
      <div class=scroll tabindex=0 role=region aria-label="${name}">
        <table class=grid aria-label="${name}" data-v="${line(columns.map(({ key }) => key))}">
          <thead><tr>${header}</thead>
          <tbody>${rows.map((row) => rowOf(row, columns))}</tbody>
        </table>
      </div>
    </details>
  `;
}

/** A table that the browser makes of what the figure around it has, when a reader opens it. */
export const laterTable = (file: string): Html => html`
  <details class=as-table data-file="${file}" data-later><summary class=note>As a table</summary></details>
`;

function rowOf<Row>(row: Row, columns: readonly FigureColumn<Row>[]): Html {
  const cells = columns.map((column, i) => {
    const value = column.value(row);
    const shown = column.show?.(row) ?? (value === null ? '–' : String(value));
    return i === 0 ? html`<th scope=row>${shown}` : html`<td>${shown}`;
  });
  return html`<tr${attr` data-v="${line(columns.map(({ value }) => csvValue(value(row))))}"`}>${cells}`;
}

const csvValue = (value: string | number | null): string | number =>
  typeof value !== 'number' ? (value ?? '') : Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));

const line = (cells: readonly (string | number)[]): string => csvText([cells]).trimEnd();
