import { expect, test } from 'vitest';
import { type KnownFeatureOf, knownFeatures, unknownFeatures } from '../../../../site/explorer/labels.ts';
import { labelJson } from '../../../../site/explorer/names/label-json.ts';
import { NamesLoader } from '../../../../site/explorer/names/names-loader.ts';
import { madeIndex } from '../../search/made-index.ts';

const saeOf = (layer: number) => String(layer);
const json = (of: KnownFeatureOf) => labelJson(of(0, 0));

/** A loader over an index of one feature, whose names and parts come when the test says so. */
function slowLoader() {
  const whole = madeIndex(
    [{ sae: '0', layer: 0, rows: [{ summary: 'reads ` id`', family: 'induction', promoted: [0] }] }],
    {
      vocabulary: [' id'],
      families: ['induction'],
    },
  );
  const [names, parts] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let haveNames = false;
  const index = {
    ...whole,
    names: {
      nameOf: (place: { sae: string; feature: number }) => (haveNames ? whole.names.nameOf(place) : undefined),
      load: async () => {
        await names.promise;
        haveNames = true;
      },
    },
    loadParts: () => parts.promise,
  };
  const shown: { of: KnownFeatureOf; notices: string[] } = { of: unknownFeatures(saeOf), notices: [] };
  const loader = new NamesLoader({
    open: async () => index,
    know: (known) => (shown.of = knownFeatures(known, saeOf)),
    notice: (sentence) => shown.notices.push(sentence),
  });
  return { loader, shown, names, parts };
}

const place = { sae: '0', feature: 0 };

test('names are known when they have come, whichever comes first, they or the families', async () => {
  const { loader, shown, names, parts } = slowLoader();
  void loader.loadParts(['0']);
  const loaded = loader.loadNames([place]);
  let hasEnded = false;
  void loaded.then(() => (hasEnded = true));
  names.resolve();
  await new Promise((done) => setTimeout(done));
  expect(hasEnded).toBe(false);
  parts.resolve();
  await loaded;
  expect(json(shown.of)).toMatchObject({ name: 'reads ` id`', named_by: 'rule', family: 'induction', sae: '0' });
});

test('names are known without families where these do not load', async () => {
  const { loader, shown, names, parts } = slowLoader();
  void loader.loadParts(['0']);
  parts.reject(new Error('no such file'));
  names.resolve();
  await loader.loadNames([place]);
  expect(json(shown.of)).toMatchObject({ name: 'reads ` id`' });
  expect(shown.notices).toEqual(['The index of features did not load: they are shown without their families.']);
});

test('names that do not load are told of', async () => {
  const { loader, shown, names } = slowLoader();
  names.reject(new Error('no such file'));
  await loader.loadNames([place]);
  expect(json(shown.of)).not.toHaveProperty('name');
  expect(shown.notices).toEqual(['Names of features did not load: some are shown without theirs.']);
});
