/** What a class of one character matches it: `\` cannot stand in one, and a range around it holds `[` and `]` besides. */
const classes: Readonly<Record<string, string | undefined>> = { '[': '[[]', '*': '[*]', '?': '[?]', '\\': '[[-]]' };

/**
 * A path as DuckDB's readers take it, who would read `part[1].parquet` as a pattern for part1.parquet. A path without
 * `[`, `*` and `?` is no pattern, and then `\` is nothing special either.
 */
const duckdbPath = (path: string): string =>
  /[[*?]/.test(path) ? path.replace(/[[*?\\]/g, (character) => classes[character] ?? character) : path;

/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Reads the very files at the paths, whatever their names look like; folders called `name=value` add no columns. */
export function readParquet(paths: readonly string[], ...options: readonly string[]): string {
  const list = paths.map((path) => sqlText(duckdbPath(path))).join(', ');
  return `read_parquet(${[`[${list}]`, 'hive_partitioning = false', ...options].join(', ')})`;
}

/** Reads the very CSV or TSV file at a path, its first row being its columns' names; every cell is a text. */
export const readCsv = (path: string): string => `read_csv(${csvOptions(path)}, hive_partitioning = false)`;

/** How such a file is read: `Quote` is what cells may stand in. */
export const sniffCsv = (path: string): string => `sniff_csv(${csvOptions(path)})`;

const csvOptions = (path: string): string => `${sqlText(duckdbPath(path))}, header = true, all_varchar = true`;
