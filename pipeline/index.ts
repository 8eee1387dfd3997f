/**
 * What a program imports: `import { openRun, run } from 'attention-atlas'`.
 * @packageDocumentation
 */
export type { Effects, Progress } from './effects.ts';
export { UserError } from './errors/user-error.ts';
export { type OpenRun, openRun, type RunTables } from './library/open-run.ts';
export { type RunResult, type RunSettings, run } from './library/run.ts';
export type { RowFilter, TableReader } from './library/table-reader.ts';
export type { RunRecord } from './record/run-record.ts';
