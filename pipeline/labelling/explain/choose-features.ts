import type { LabelConfig } from '../../commands/label.ts';
import { UserError } from '../../errors/user-error.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import type { RunReader } from '../../tables/reader.ts';
import type { LabelledSae } from '../run-saes.ts';

/** Features of an SAE that are to be labelled, ascending. */
export interface ChosenFeatures {
  readonly sae: LabelledSae;
  readonly features: readonly number[];
}

/**
 * Those that --features names, or of the SAEs' live features the first --most in an order that is random, but always the
 * same: a greater number adds to a smaller one.
 */
export async function chooseFeatures(
  reader: RunReader,
  saes: readonly LabelledSae[],
  { sae: only, features, most, seed }: LabelConfig,
): Promise<ChosenFeatures[]> {
  const wanted = only === undefined ? saes : saes.filter(({ id }) => id === only);
  if (wanted.length === 0)
    throw new UserError(`--sae is ${only}, expected one of ${saes.map(({ id }) => id).join(', ')}`);
  if (features) return namedFeatures(features, wanted);
  const live = (await Promise.all(wanted.map((sae) => reader.liveFeatures(sae.id)))).map((own, i) => ({
    sae: wanted[i],
    own,
  }));
  const random = seededRandom(seed);
  const drawn = live
    .flatMap(({ sae, own }) => own.map((feature) => ({ sae, feature, at: random() })))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, most);
  return grouped(drawn);
}

interface Chosen {
  readonly sae: LabelledSae;
  readonly feature: number;
}

function namedFeatures(names: readonly string[], saes: readonly LabelledSae[]): ChosenFeatures[] {
  return grouped(
    names.map((name) => {
      const [, id, number] = /^(.+)\/(\d{1,9})$/.exec(name) ?? [];
      const sae = saes.find((candidate) => candidate.id === id);
      const feature = Number(number);
      if (sae && feature < sae.dSae) return { sae, feature };
      throw new UserError(`--features names ${name}, expected SAE/FEATURE of the run, such as ${saes[0].id}/0`);
    }),
  );
}

function grouped(chosen: readonly Chosen[]): ChosenFeatures[] {
  return [...Map.groupBy(chosen, ({ sae }) => sae)]
    .map(([sae, own]) => ({ sae, features: [...new Set(own.map(({ feature }) => feature))].toSorted((a, b) => a - b) }))
    .toSorted((a, b) => a.sae.layer - b.sae.layer || (a.sae.id < b.sae.id ? -1 : 1));
}
