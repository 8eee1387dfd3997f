/** The shapes a column may take; the DuckDB type and both TypeScript types follow from one declaration. */
export type ColumnType =
  | { readonly kind: 'int' | 'bigint' | 'double' | 'float' | 'bool' | 'text' | 'blob' }
  /** A double that may have no bound: null in the table, `none` (an infinity) when read or written. */
  | { readonly kind: 'bound'; readonly none: number }
  | { readonly kind: 'list'; readonly item: ColumnType }
  | { readonly kind: 'struct'; readonly fields: Columns }
  | { readonly kind: 'nullable'; readonly of: ColumnType };

export type Columns = Readonly<Record<string, ColumnType>>;

type Numeric = { readonly kind: 'int' | 'bigint' | 'double' | 'float' | 'bound' };

/**
 * What a column's value is when read: lists of numbers come as typed arrays, 64-bit integers as numbers.
 * Of a column not known, anything: the types below would not end.
 */
type ValueOf<C> = ColumnType extends C ? unknown : KnownValueOf<C>;

type KnownValueOf<C> = C extends { kind: 'nullable'; of: infer T }
  ? ValueOf<T> | null
  : C extends Numeric
    ? number
    : C extends { kind: 'bool' }
      ? boolean
      : C extends { kind: 'text' }
        ? string
        : C extends { kind: 'blob' }
          ? Uint8Array
          : C extends { kind: 'list'; item: infer T }
            ? ListOf<T>
            : C extends { kind: 'struct'; fields: infer F }
              ? { readonly [K in keyof F]: ValueOf<F[K]> }
              : never;

type ListOf<T> = T extends { kind: 'int' }
  ? Int32Array
  : T extends { kind: 'float' }
    ? Float32Array
    : T extends Numeric
      ? Float64Array
      : readonly ValueOf<T>[];

/** What a column takes when written: any array-like of numbers is a list of numbers. */
type InputOf<C> = ColumnType extends C ? unknown : KnownInputOf<C>;

type KnownInputOf<C> = C extends { kind: 'nullable'; of: infer T }
  ? InputOf<T> | null
  : C extends { kind: 'list'; item: infer T }
    ? T extends Numeric
      ? ArrayLike<number>
      : readonly InputOf<T>[]
    : C extends { kind: 'struct'; fields: infer F }
      ? { readonly [K in keyof F]: InputOf<F[K]> }
      : ValueOf<C>;

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly sortedBy: readonly string[];
  /** Rows of a Parquet row group; a multiple of 2,048. */
  readonly rowGroupRows: number;
  /** Rows of a Parquet file, which is also what the writer holds in memory; a multiple of rowGroupRows. */
  readonly fileRows: number;
  /** Whether a run may be without it; it then reads as empty. */
  readonly optional?: boolean;
}

/** A row of columns as the reader gives it. */
export type RowColumns<C extends Columns> = { readonly [K in keyof C]: ValueOf<C[K]> };

export type RowOf<T extends Table> = RowColumns<T['columns']>;

/** A row as the writer takes it. */
export type NewRowOf<T extends Table> = { readonly [K in keyof T['columns']]: InputOf<T['columns'][K]> };

export const int = { kind: 'int' } as const;
export const bigint = { kind: 'bigint' } as const;
export const double = { kind: 'double' } as const;
export const float = { kind: 'float' } as const;
export const bool = { kind: 'bool' } as const;
export const lowerBound = { kind: 'bound', none: Number.NEGATIVE_INFINITY } as const;
export const upperBound = { kind: 'bound', none: Number.POSITIVE_INFINITY } as const;
export const text = { kind: 'text' } as const;
export const blob = { kind: 'blob' } as const;

export function list<const T extends ColumnType>(item: T) {
  return { kind: 'list', item } as const;
}

export function struct<const F extends Columns>(fields: F) {
  return { kind: 'struct', fields } as const;
}

export function nullable<const T extends ColumnType>(of: T) {
  return { kind: 'nullable', of } as const;
}

/** The DuckDB type of a column, such as STRUCT("edges" FLOAT[], "counts" BIGINT[]). */
export function sqlType(column: ColumnType): string {
  switch (column.kind) {
    case 'int':
      return 'INTEGER';
    case 'bound':
      return 'DOUBLE';
    case 'bool':
      return 'BOOLEAN';
    case 'text':
      return 'VARCHAR';
    case 'list':
      return `${sqlType(column.item)}[]`;
    case 'struct':
      return `STRUCT(${sqlColumns(column.fields)})`;
    case 'nullable':
      return sqlType(column.of);
    default:
      return column.kind.toUpperCase();
  }
}

/** Quoted names and types of columns, as CREATE TABLE and STRUCT take them. */
export function sqlColumns(columns: Columns): string {
  return Object.entries(columns)
    .map(([name, type]) => `"${name}" ${sqlType(type)}`)
    .join(', ');
}
