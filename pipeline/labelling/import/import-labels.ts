import type { LabelConfig } from '../../commands/label.ts';
import type { Effects } from '../../effects.ts';
import { shortened } from '../../errors/printable.ts';
import { UserError } from '../../errors/user-error.ts';
import { labelText } from '../../measures/labels/maths/label-text.ts';
import { type AddedLabel, addLabels } from '../add-labels.ts';
import { type LabelledSae, runSaes } from '../run-saes.ts';
import { labelPlacer } from './place-label.ts';
import { readLabels } from './read-labels.ts';

const reasonsNamed = 5;

/** Reads labels from files into the run's table of labels, and says in a line each what was added and what was left out. */
export async function importLabels(
  { run, sae }: LabelConfig,
  from: readonly string[],
  effects: Effects,
): Promise<void> {
  const saes = await runSaes(run);
  const saeOf = labelPlacer(saes, askedSae(saes, sae));
  const unread = new Set<string>();
  const left = new Map<string, number>();
  const added: AddedLabel[] = [];
  const leave = (reason: string) => left.set(reason, (left.get(reason) ?? 0) + 1);
  for await (const found of readLabels(from, (column) => unread.add(column))) {
    if ('left' in found) {
      leave(found.left);
      continue;
    }
    const { entry, place } = found;
    const of = saeOf(entry, place);
    const label = labelText(entry.label);
    if ('left' in of) leave(of.left);
    else if (entry.feature >= of.dSae) leave(`of features past the last of SAE ${of.id}, ${of.dSae - 1}`);
    else if (label === '') leave('without a text');
    else added.push({ ...entry, label, of, kind: 'imported', source: entry.source ?? 'unknown' });
  }
  const leftOut = [...left].map(([reason, number]) => `${number} ${reason}`);
  const rest = leftOut.length > reasonsNamed ? `; ${leftOut.length - reasonsNamed} more reasons` : '';
  const reasons = shortened(leftOut.slice(0, reasonsNamed).join('; '), 400) + rest;
  if (added.length === 0)
    throw new UserError(`no label fits the run: ${reasons || 'the files hold none'} (${from.join(', ')})`);
  const { features, labels, forgotten } = await addLabels(run, saes, added);
  effects.log(`label: ${added.length} labels of ${features} features read; the run now has ${labels}`);
  if (leftOut.length > 0) effects.log(`label: left out: ${reasons}`);
  if (forgotten > 0) effects.log(`label: ${forgotten} earlier labels were of other SAEs than the run's, and are gone`);
  if (unread.size > 0) effects.log(`label: columns not read: ${shortened([...unread].join(', '), 200)}`);
}

function askedSae(saes: readonly LabelledSae[], id: string | undefined): LabelledSae | undefined {
  if (id === undefined) return undefined;
  const asked = saes.find((candidate) => candidate.id === id);
  if (asked) return asked;
  throw new UserError(`--sae is ${id}, expected one of ${saes.map((candidate) => candidate.id).join(', ')}`);
}
