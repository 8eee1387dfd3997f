import { fetchUnzipped, unzip } from '../../fetch/fetch-file.ts';
import { fetchPartOrWhole } from '../../fetch/fetch-part.ts';
import type { FeatureName } from '../../page-kit/feature-name.ts';
import { searchFiles } from '../format.ts';
import { createOnce } from '../once.ts';
import { decodeNames, NAMES_PER_GROUP, type NameSizes } from './name-group.ts';
import { type NameSpan, spansOf } from './name-spans.ts';

interface FeaturePlace {
  readonly sae: string;
  readonly feature: number;
}

/** What features are called, fetched a group at a time as they are shown. */
export interface NameStore {
  /** What has come; what has not is fetched soon, together with what else is asked for until then. */
  nameOf(place: FeaturePlace): FeatureName | undefined;
  /** Fetches some names. Throws Error naming the file that did not come. */
  load(places: Iterable<FeaturePlace>): Promise<void>;
}

/** What is called when names that `nameOf` asked for have come, and when they did not. */
export interface NameListener {
  onCome(): void;
  onFault(error: unknown): void;
}

const groupOf = ({ feature }: FeaturePlace): number => Math.floor(feature / NAMES_PER_GROUP);
const keyOf = (sae: string, group: number): string => `${sae}/${group}`;

/** The names of a search folder. */
export function createNameStore(folder: string, listener?: NameListener): NameStore {
  const names = new Map<string, readonly (FeatureName | undefined)[]>();
  const once = createOnce();
  const asked = new Set<string>();
  const started = new Map<string, Promise<void>>();
  let waiting: FeaturePlace[] = [];
  let sizes: NameSizes = { groupBytes: {} };
  /** Whether the host sends parts of files, as its first answer told; undefined until it is asked. */
  let sendsParts: Promise<boolean> | undefined;

  const loadSizes = () =>
    once(searchFiles.nameSizes, async () => {
      sizes = JSON.parse(new TextDecoder().decode(await fetchUnzipped(folder + searchFiles.nameSizes)));
    });

  /** Keeps what came of a span; all of the SAE's where that is the whole file. Tells whether it was a part. */
  async function fetchSpan(sae: string, span: NameSpan): Promise<boolean> {
    const lengths = sizes.groupBytes[sae] ?? [];
    const from = sum(lengths.slice(0, span.first));
    const to = from + sum(lengths.slice(span.first, span.last + 1));
    const { bytes, isWhole } = await fetchPartOrWhole(folder + searchFiles.names(sae), { from, to });
    const { first, last } = isWhole ? { first: 0, last: lengths.length - 1 } : span;
    let start = 0;
    for (let group = first; group <= last; group++) {
      const json = await unzip(bytes.slice(start, start + lengths[group]));
      names.set(keyOf(sae, group), decodeNames(new TextDecoder().decode(json)));
      start += lengths[group];
    }
    return !isWhole;
  }

  /** Waits for the first answer of all: of a host without parts, each further one would be the whole file again. */
  async function loadSpan(sae: string, span: NameSpan): Promise<void> {
    if (!sendsParts) {
      sendsParts = fetchSpan(sae, span);
      sendsParts.catch(() => {
        sendsParts = undefined;
      });
      await sendsParts;
      return;
    }
    if (await sendsParts) await fetchSpan(sae, span);
    else await once(sae, async () => void (names.has(keyOf(sae, span.first)) || (await fetchSpan(sae, span))));
  }

  /** Starts what of an SAE's groups was not started yet; again what failed. */
  function startGroups(sae: string, groups: readonly number[]): void {
    const missing = groups.filter((group) => !started.has(keyOf(sae, group)));
    for (const span of spansOf(missing.toSorted((a, b) => a - b))) {
      const keys = Array.from({ length: span.last - span.first + 1 }, (_, i) => keyOf(sae, span.first + i));
      const own = keys.filter((key) => !started.has(key));
      const begun = loadSpan(sae, span).catch((error: unknown) => {
        for (const key of own) started.delete(key);
        throw error;
      });
      for (const key of own) started.set(key, begun);
    }
  }

  async function load(places: Iterable<FeaturePlace>): Promise<void> {
    await loadSizes();
    const wanted = Array.from(Map.groupBy(places, ({ sae }) => sae)).flatMap(([sae, own]) => {
      const groups = [...new Set(own.map(groupOf))].filter((group) => group < (sizes.groupBytes[sae]?.length ?? 0));
      startGroups(sae, groups);
      return groups.map((group) => started.get(keyOf(sae, group)));
    });
    await Promise.all(wanted);
  }

  function loadWaiting(): void {
    const places = waiting;
    waiting = [];
    load(places).then(
      () => listener?.onCome(),
      (error) => listener?.onFault(error),
    );
  }

  return {
    nameOf(place) {
      const key = keyOf(place.sae, groupOf(place));
      const group = names.get(key);
      if (group) return group[place.feature % NAMES_PER_GROUP];
      if (asked.has(key)) return undefined;
      asked.add(key);
      waiting.push(place);
      if (waiting.length === 1) setTimeout(loadWaiting);
      return undefined;
    },
    load,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
