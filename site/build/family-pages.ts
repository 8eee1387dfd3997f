import { families } from '../../pipeline/measures/families/maths/family-names.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { FamilyExemplar, FamilyPage } from '../measures/families/family-page.ts';

const EXEMPLARS = 6;
const EXAMPLES = 3;

/** The pages of the families that live features are of; none of a run that looked for no families. */
export async function readFamilyPages(reader: RunReader): Promise<FamilyPage[]> {
  const mix = await reader.familyMix();
  const exemplars = Map.groupBy(await reader.familyExemplars(EXEMPLARS), ({ family }) => family);
  const pages: FamilyPage[] = [];
  for (const family of mix.length === 0 ? [] : families) {
    const surest: (FamilyExemplar | undefined)[] = [];
    for (const { sae, feature } of exemplars.get(family) ?? []) surest.push(await readExemplar(reader, sae, feature));
    pages.push({
      family,
      mix: mix.filter((row) => row.family === family),
      exemplars: surest.filter((exemplar) => exemplar !== undefined),
    });
  }
  return pages;
}

async function readExemplar(reader: RunReader, sae: string, feature: number) {
  const [row] = await reader.features(sae, feature, feature + 1);
  const examples = await reader.examples(sae, feature, feature + 1);
  const top = (examples.get(feature) ?? []).filter(({ interval }) => interval === 0).slice(0, EXAMPLES);
  const check = (await reader.familyChecks(sae, feature, feature + 1)).get(feature);
  return row && { row, top, check };
}
