import type { Place } from '../sae.ts';

/** What tells an SAE from others. */
export interface DescribedSae extends Place {
  readonly dSae: number;
  /** As its release has them: `16k` and `104` of Gemma Scope's. */
  readonly width?: string | undefined;
  readonly l0?: string | undefined;
  /** The folder that is its own, `saes/l0`, or the file that it shares a folder with others by. */
  readonly name: string;
}

/**
 * What SAEs are called in tables, addresses and files: the layer where it has one SAE, `5`; else also what they differ in
 * of site, width and L0, `5-16k-l0-82` and `5-out`, and their names where that is not enough.
 */
export function saeIds(saes: readonly DescribedSae[]): string[] {
  return saes.map((sae) => {
    const others = saes.filter(({ layer }) => layer === sae.layer);
    const parts = [String(sae.layer), ...distinguishing(sae, others)];
    return parts.filter((part) => part !== '').join('-');
  });
}

const siteParts = { z: 'z', attn_module: 'module', attn_out: 'out' } as const;

/** The L0 in the folder that `train` makes for each of several: `saes/l0-16/blocks.1.hook_z`. */
const trainedL0 = (name: string): string | undefined => /(?:^|\/)l0-(\d+(?:\.\d+)?)\//.exec(name)?.[1];

const described: readonly ((sae: DescribedSae) => string)[] = [
  ({ site }) => siteParts[site],
  ({ width, dSae }) => slug(width ?? shortWidth(dSae)),
  ({ l0: released, name }) => {
    const l0 = released ?? trainedL0(name);
    return l0 === undefined ? '' : `l0-${slug(l0)}`;
  },
];

function distinguishing(sae: DescribedSae, others: readonly DescribedSae[]): string[] {
  const used = described.filter((part) => new Set(others.map(part)).size > 1);
  const own = (one: DescribedSae) => used.map((part) => part(one));
  const alike = others.filter((other) => own(other).join() === own(sae).join());
  if (alike.length === 1) return own(sae);
  const names = alike.map(({ name }) => slug(name));
  const [name, place] = [slug(sae.name), alike.indexOf(sae)];
  const isOwn = names.filter((other) => other === name).length === 1;
  return [...own(sae), shortest(name, names), ...(isOwn ? [] : [String(place + 1)])];
}

/** A name without what it begins with in common with the others, up to a hyphen. */
function shortest(name: string, names: readonly string[]): string {
  const parts = name.split('-');
  const common = parts.findIndex((part, i) => names.some((other) => other.split('-')[i] !== part));
  return parts.slice(common < 0 ? -1 : common).join('-');
}

/** 16384 → 16k, 1048576 → 1m. */
function shortWidth(dSae: number): string {
  if (dSae >= 1e6) return `${Math.floor(dSae / 1e6)}m`;
  return dSae >= 1000 ? `${Math.floor(dSae / 1000)}k` : String(dSae);
}

/** What fits a URL and a file's name. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
