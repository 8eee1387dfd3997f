// The reference pages that follow from declarations: docs/reference/commands.md and tables.md.
import { commands } from '../commands.ts';
import { defaultOf, type Flag, flagsOf, isRequired } from '../config/field.ts';
import { namedTables } from '../library/named-tables.ts';
import type { ColumnType, Table } from '../store/column-types.ts';
import { columnNotes, commonNotes } from './column-notes/index.ts';

/** Every command with its settings: flag, key of a settings file, default, meaning. */
export function commandsReference(): string {
  const sections = commands.map(({ name, summary, schema }) => {
    const flags = flagsOf(schema);
    const words = flags.flatMap((flag) => (flag.words ? [` ${flag.words.join('|')}`] : [])).join('');
    return [`## atlas ${name}${words}`, '', `${summary}.`, '', ...settingsTable(flags)].join('\n');
  });
  const intro = [
    '# Commands and settings',
    '',
    'Generated from their declarations in `pipeline/commands`. A setting is a flag, or a key of the JSON file that the',
    'command is given (`atlas run CONFIG.json`), where paths start from the file; flags win. A file may hold the settings of',
    'several commands. What changes the numbers of a table, by its value or by the bytes it leads to, is part of a run’s',
    'fingerprint: with the same one, a finished run is done already.',
  ].join('\n');
  return `${[intro, ...sections].join('\n\n')}\n`;
}

function settingsTable(flags: readonly Flag[]): string[] {
  const rows = flags
    .filter(({ words }) => !words)
    .map((flag) => `| ${[usage(flag), `\`${flag.keys.join('.')}\``, ...meaning(flag)].join(' | ')} |`);
  return ['| flag | key | without it | meaning | changes |', '| --- | --- | --- | --- | --- |', ...rows];
}

const usage = (flag: Flag): string => {
  if (flag.kind === 'switch') return `\`--${defaultOf(flag) === true ? 'no-' : ''}${flag.name}\``;
  return `\`--${flag.name} ${cell(flag.value ?? 'N')}\``;
};

function meaning(flag: Flag): string[] {
  const value = defaultOf(flag);
  const shown = isRequired(flag) ? 'required' : value === undefined ? '' : `\`${JSON.stringify(value)}\``;
  return [shown, cell(flag.help), flag.affects];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Every table with its columns, and what each holds; `terms` are those of TERMS.md. */
export function tablesReference(terms: string): string {
  const definitions = definitionsIn(terms);
  const sections = Object.values<Table>(namedTables).map((table) => {
    const { name, columns, sortedBy, optional } = table;
    const kept = optional ? ' A run may be without it.' : '';
    const rows = Object.entries(columns).map(
      ([column, type]) =>
        `| \`${column}\` | ${typeText(type)} | ${cell(descriptionOf(table, column, definitions) ?? '')} |`,
    );
    const order = sortedBy.map((column) => `\`${column}\``).join(', ');
    return [`## ${name}`, '', `By ${order}.${kept}`, '', '| column | type | |', '| --- | --- | --- |', ...rows].join(
      '\n',
    );
  });
  const intro = [
    '# Tables and columns',
    '',
    'Generated from the schema (`pipeline/tables/schema.ts`). A run’s folder OUT holds a folder a table, of Parquet files in the',
    'order of their names; the library reads each as `run.tables.NAME`. A type with “or null” may be missing in a row, and in all',
    'of a run that is too old to have it. Parts of a struct are described in their order. Definitions are short here;',
    '[terms](../../pipeline/TERMS.md) has them in full, with the formulas.',
  ].join('\n');
  return `${[intro, ...sections].join('\n\n')}\n`;
}

/** Tables that hold columns of another one, of another run. */
const twins: Readonly<Record<string, keyof typeof columnNotes | undefined>> = {
  compared_saes: 'saes',
  compared_heads: 'heads',
  compared_features: 'features',
};

const notesByTable: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>> = columnNotes;

/** What a column holds: its own note, its twin's, that of the interval it bounds, one of any table, or a term of its name. */
function descriptionOf(table: Table, column: string, definitions: ReadonlyMap<string, string>): string | undefined {
  const twin = twins[table.name];
  return (
    notesByTable[table.name]?.[column] ??
    (twin && notesByTable[twin]?.[column]) ??
    boundNote(table, column) ??
    commonNotes[column] ??
    definitions.get(column)
  );
}

/** Of X_low and X_high beside a column X. */
function boundNote({ columns }: Table, column: string): string | undefined {
  const [, name, end] = /^(.+)_(low|high)$/.exec(column) ?? [];
  if (name === undefined || !(name in columns)) return undefined;
  const ifNone = columns[column].kind === 'nullable' ? '; null where there is none' : '';
  return `${end === 'low' ? 'lower' : 'upper'} end of the 95 % interval of ${name}${ifNone}`;
}

/** Names in code, first in a row of a table of terms that gives no shape, and the text beside them: a tensor's is no column's. */
function definitionsIn(terms: string): Map<string, string> {
  const definitions = new Map<string, string>();
  for (const [, names, text] of terms.matchAll(/^\| ([^|]+) \| ([^|]+) \| \|$/gm))
    for (const [, name] of names.matchAll(/`([a-z0-9_]+)`/g)) definitions.set(name, text.trim());
  return definitions;
}

function typeText(column: ColumnType): string {
  switch (column.kind) {
    case 'nullable':
      return `${typeText(column.of)} or null`;
    case 'list':
      return `list of ${typeText(column.item)}`;
    case 'struct':
      return `{ ${Object.entries(column.fields)
        .map(([name, type]) => `\`${name}\`: ${typeText(type)}`)
        .join(', ')} }`;
    case 'bound':
      return 'double, null where there is no bound';
    default:
      return column.kind;
  }
}
