import { bulkSample } from '../bulk/sample.ts';
import { SHELL_FEATURE } from '../bulk/shell.ts';
import { isPacked } from '../pack/is-packed.ts';
import { currentData } from './current.ts';

interface FeaturePath {
  params: { sae: string; feature: string };
}

/** Every feature, none of which has a page of its own where they are packed; in bulk mode the shell and the sample that the bulk writer is compared with. */
export async function featurePaths(): Promise<FeaturePath[]> {
  const { env } = await currentData();
  if (isPacked()) return [];
  const saes = [...env.dSae];
  if (process.env.ATLAS_BULK !== 'always') {
    return saes.flatMap(([sae, dSae]) => Array.from({ length: dSae }, (_, feature) => path(sae, feature)));
  }
  const [first] = env.dSae.keys();
  const sample = saes.flatMap(([sae, dSae]) => bulkSample(dSae).map((feature) => path(sae, feature)));
  return first === undefined ? [] : [path(first, SHELL_FEATURE), ...sample];
}

function path(sae: string, feature: number | string): FeaturePath {
  return { params: { sae, feature: String(feature) } };
}

export async function headPaths(): Promise<{ params: { sae: string; head: string } }[]> {
  const { reader } = await currentData();
  return (await reader.heads()).map(({ sae, head }) => ({ params: { sae, head: String(head) } }));
}
