import type { RunRecord } from '../record/run-record.ts';

export interface DifferingSetting {
  readonly setting: string;
  /** As run.json has it; null where a run does not have it. */
  readonly value: string | null;
  readonly other: string | null;
}

/** How many of a list of files are named. */
const filesNamed = 3;

/** What of two runs' texts, sizes and settings is not the same, in the order of their records. */
export function differingSettings(own: RunRecord, other: RunRecord): DifferingSetting[] {
  const [mine, theirs] = [own, other].map(settingsOf);
  const names = new Set([...mine.keys(), ...theirs.keys()]);
  return [...names].flatMap((setting) => {
    const [value, second] = [mine.get(setting), theirs.get(setting)];
    if (value?.key === second?.key) return [];
    return [{ setting, value: value?.text ?? null, other: second?.text ?? null }];
  });
}

interface Setting {
  /** What the numbers depend on. */
  readonly key: string;
  readonly text: string;
}

function settingsOf({ version, config, counts, corpus }: RunRecord): Map<string, Setting> {
  const plain = (value: unknown): Setting => ({ key: JSON.stringify(value), text: shown(value) });
  const files = corpus.map(({ file, bytes }) => `${file} (${bytes} bytes)`);
  const more = files.length > filesNamed ? ` and ${files.length - filesNamed} more` : '';
  return new Map([
    ['version', plain(version)],
    ['corpus', { key: corpus.map(({ sha256 }) => sha256).join(), text: files.slice(0, filesNamed).join(', ') + more }],
    ['tokens read', plain(counts.tokens)],
    ['documents', plain(counts.documents)],
    ...Object.entries(config).map(([name, value]): [string, Setting] => [name, plain(value)]),
  ]);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
