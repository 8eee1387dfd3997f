import { cutAt, type FeatureName } from '../../page-kit/feature-name.ts';

/** Features whose names are zipped together: few, as what is shown is seldom neighbours. */
export const NAMES_PER_GROUP = 64;

/** Characters of a name that lists are given; the whole of a longer label is on the feature's page. */
const MOST_CHARACTERS = 300;

/** Beside the packs: where in its SAE's each group is. */
export interface NameSizes {
  /** By SAE, the bytes of each group as it is stored. */
  readonly groupBytes: Readonly<Record<string, readonly number[] | undefined>>;
}

/** Names of neighbours as they are stored: texts, and a digit each for what they are. */
interface StoredNames {
  readonly texts: readonly string[];
  readonly kinds: string;
}

const NONE = '0';
const LABEL = '1';
const AT_CHANCE = '2';
const RULE = '3';

export function encodeNames(names: readonly (FeatureName | undefined)[]): string {
  const stored: StoredNames = {
    texts: names.map((name) => (name ? shortened(name.text) : '')),
    kinds: names.map(kindOf).join(''),
  };
  return JSON.stringify(stored);
}

export function decodeNames(json: string): (FeatureName | undefined)[] {
  const { texts, kinds }: StoredNames = JSON.parse(json);
  return texts.map((text, i) => {
    const kind = kinds[i];
    return kind === NONE ? undefined : { text, isRule: kind === RULE, isAtChance: kind === AT_CHANCE };
  });
}

function kindOf(name: FeatureName | undefined): string {
  if (!name) return NONE;
  return name.isRule ? RULE : name.isAtChance ? AT_CHANCE : LABEL;
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${cutAt(text, MOST_CHARACTERS - 1)}…`;
}
