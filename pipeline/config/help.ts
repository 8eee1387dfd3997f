import { greatest } from '../numbers/extremes.ts';
import { defaultOf, type Flag, isRequired } from './field.ts';

/** The text of `atlas COMMAND --help`. */
export function commandHelp(command: string, summary: string, flags: readonly Flag[]): string {
  const rows = flags.map((flag) => [usage(flag), `${flag.help}${remark(flag)}`] as const);
  const width = greatest(rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
  const words = flags.flatMap((flag) => (flag.words ? [`${flag.words.join('|')} `] : [])).join('');
  return [`atlas ${command} ${words}[CONFIG.json] [--flag value …]`, summary, '', ...lines, ''].join('\n');
}

function usage(flag: Flag): string {
  if (flag.words) return flag.words.join('|');
  if (flag.kind === 'switch') return defaultOf(flag) === true ? `--no-${flag.name}` : `--${flag.name}`;
  return `--${flag.name} ${flag.value ?? 'N'}`;
}

function remark(flag: Flag): string {
  if (isRequired(flag)) return ' (required)';
  const value = defaultOf(flag);
  return value === undefined || flag.kind === 'switch' ? '' : ` [${value}]`;
}
