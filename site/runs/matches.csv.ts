import type { APIRoute, GetStaticPaths } from 'astro';
import { currentData } from '../build/current.ts';
import { matchesCsv } from '../measures/comparison/matches-csv.ts';

/** Of each SAE that is compared with another run’s its matched features, `runs/5.csv`. */
export const getStaticPaths = (async () => {
  const { reader } = await currentData();
  return (await reader.comparedSaes()).map(({ own_sae }) => ({ params: { sae: own_sae } }));
}) satisfies GetStaticPaths;

export const GET: APIRoute = async ({ params: { sae = '' } }) => {
  const { reader } = await currentData();
  return new Response(matchesCsv(await reader.comparedFeatures(sae)), { headers: { 'content-type': 'text/csv' } });
};
