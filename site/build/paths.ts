import { bulkSample } from '../bulk/sample.ts';
import { SHELL_FEATURE } from '../bulk/shell.ts';
import { currentData } from './current.ts';

interface FeaturePath {
  params: { layer: string; feature: string };
}

/** Every feature; in bulk mode the shell and the sample that the bulk writer is compared with. */
export async function featurePaths(): Promise<FeaturePath[]> {
  const { env } = await currentData();
  const layers = [...env.dSae];
  if (process.env.ATLAS_BULK !== 'always') {
    return layers.flatMap(([layer, dSae]) => Array.from({ length: dSae }, (_, feature) => path(layer, feature)));
  }
  const [first] = env.dSae.keys();
  const sample = layers.flatMap(([layer, dSae]) => bulkSample(dSae).map((feature) => path(layer, feature)));
  return first === undefined ? [] : [path(first, SHELL_FEATURE), ...sample];
}

function path(layer: number, feature: number | string): FeaturePath {
  return { params: { layer: String(layer), feature: String(feature) } };
}

export async function headPaths(): Promise<{ params: { layer: string; head: string } }[]> {
  const { reader } = await currentData();
  return (await reader.heads()).map(({ layer, head }) => ({ params: { layer: String(layer), head: String(head) } }));
}
