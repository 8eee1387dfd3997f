import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import { balancedAccuracy } from '../../measures/labels/maths/balanced-accuracy.ts';
import { placeOfHook } from '../../sae/formats/hook.ts';
import type { FoundLabel, LabelScore } from './label-entry.ts';

/** `layers.5.attention_latent12.txt`: a module and the index of a latent. */
const latentFile = /^(.+)_latent(\d{1,9})\.txt$/;
const unparsed = /^(Explanation could not be parsed|No explanation found)\.?$/;
const scorers = [
  ['detection', 'detection'],
  ['fuzz', 'fuzzing'],
] as const;

const answers = z.array(
  z.looseObject({ activating: z.boolean(), prediction: z.union([z.boolean(), z.number()]).nullish() }),
);
const config = z.looseObject({ explainer_model: z.string().optional() });

/** The folder of a run of Delphi that a path leads to: itself, or, of its `explanations`, the one around it. */
export async function delphiFolder(path: string): Promise<string | undefined> {
  const folder = basename(path) === 'explanations' ? dirname(path) : path;
  const names = await readdir(join(folder, 'explanations')).catch(() => []);
  return names.some((name) => latentFile.test(name)) ? folder : undefined;
}

/** The explanations of a run of Delphi, with their detection and fuzzing scores, where those were made. */
export async function* delphiLabels(folder: string): AsyncGenerator<FoundLabel> {
  const model = await explainerModel(folder);
  for (const name of (await readdir(join(folder, 'explanations'))).toSorted()) {
    const [, module = '', index] = latentFile.exec(name) ?? [];
    if (index === undefined) continue;
    const place = placeOfHook(module.replaceAll('--', '.'));
    if (!place) {
      yield { left: `of ${module}, which is no attention output` };
      continue;
    }
    const path = join(folder, 'explanations', name);
    const label = z.string().safeParse(await readJsonFile(path));
    if (!label.success) throw new UserError(`malformed explanation: expected a JSON text (${path})`);
    if (unparsed.test(label.data)) yield { left: 'which Delphi could not parse' };
    else {
      const source = `Delphi ${basename(folder)}/${module}`;
      const of = { sae: null, layer: place.layer, feature: Number(index), label: label.data };
      yield { place: path, entry: { ...of, author: null, model, source, scores: await scoresOf(folder, name) } };
    }
  }
}

async function explainerModel(folder: string): Promise<string | null> {
  const path = join(folder, 'run_config.json');
  if ((await pathKind(path)) !== 'file') return null;
  return config.safeParse(await readJsonFile(path)).data?.explainer_model ?? null;
}

async function scoresOf(folder: string, name: string): Promise<LabelScore[]> {
  const scores: LabelScore[] = [];
  for (const [scorer, kind] of scorers) {
    const path = join(folder, 'scores', scorer, name);
    if ((await pathKind(path)) !== 'file') continue;
    const parsed = answers.safeParse(await readJsonFile(path));
    if (!parsed.success) throw new UserError(`malformed scores: expected a list of answered examples (${path})`);
    const examples = parsed.data.map(({ activating, prediction }) => {
      return { active: activating, answer: typeof prediction === 'number' ? prediction >= 0.5 : (prediction ?? null) };
    });
    const accuracy = balancedAccuracy(examples);
    if (accuracy) scores.push({ kind, value: accuracy.value, low: accuracy.low, high: accuracy.high });
  }
  return scores;
}
