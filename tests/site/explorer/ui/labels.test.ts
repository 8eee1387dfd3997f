import { expect, test } from 'vitest';
import { familiesOf, listFeatures } from '../../../../site/explorer/features/list-features.ts';
import { knownFeatures, knownParts } from '../../../../site/explorer/labels.ts';
import { madeIndex } from '../../search/made-index.ts';

/** Layers 1 and 4 with two features each; the tokens of layer 4 are loaded. */
const testIndex = () =>
  madeIndex(
    [
      { sae: '1', layer: 1, rows: [{ max_activation: 1 }, { max_activation: 2 }] },
      { sae: '4', layer: 4, rows: [{ max_activation: 3 }, { max_activation: 4, family: 'induction', promoted: [1] }] },
    ],
    { vocabulary: [' the', '<b>'], families: ['induction'], without: ['1'] },
  );

test('a feature is found by layer and number; its tokens come with its layer', () => {
  const known = knownFeatures(testIndex(), String);
  expect(known(4, 1)).toMatchObject({ family: 'induction', promotes: ['<b>'], maxActivation: 4 });
  expect(known(1, 1)).toMatchObject({ family: null, promotes: [], maxActivation: 2 });
});

test('a feature or layer that the index does not have is not known, not its neighbour', () => {
  const known = knownFeatures(testIndex(), String);
  expect([known(1, 2), known(2, 0), known(4, 2)]).toEqual([undefined, undefined, undefined]);
});

test('a name is asked for where it is shown, not where features are listed and counted, by the id of the SAE', () => {
  const asked: string[] = [];
  const nameOf = ({ sae, feature }: { sae: string; feature: number }) => {
    asked.push(`${sae}/${feature}`);
    return { text: 'reads `x`', isRule: true, isAtChance: false };
  };
  const index = testIndex();
  const known = knownFeatures({ ...index, names: { ...index.names, nameOf } }, String);
  const layers = [
    { layer: 4, features: Int32Array.of(1, 0), positions: Int32Array.of(2, 2), activations: Float32Array.of(3, 1) },
  ];
  const groups = listFeatures(layers, 2, { layer: null, family: 'induction' }, known);
  expect(familiesOf(groups, known)).toEqual([['induction', 1]]);
  expect(asked).toEqual([]);
  expect(known(4, 1)?.name()?.text).toBe('reads `x`');
  expect(asked).toEqual(['4/1']);
});

test('what is known is made of three files an SAE', () => {
  expect(knownParts(['1', '4-16k'])).toHaveLength(6);
  expect(knownParts(['4-16k'])[0]).toEqual({ sae: '4-16k', name: 'family' });
});
