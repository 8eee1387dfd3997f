import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findSaes,
  listSaes,
  requireReadable,
  type SaeSelection,
  selectSaes,
} from '../../../pipeline/sae/formats/sae-dir.ts';
import { type DescribedSae, saeIds } from '../../../pipeline/sae/formats/sae-ids.ts';
import { tinyModel } from '../../engine/pipeline-programs.ts';
import { temporaryFolder } from '../../run/reference-case.ts';
import { writeSaeFolder } from '../../run/site-case.ts';
import { equalSaes } from '../equal-saes.ts';

const sae = (layer: number, part: Partial<DescribedSae> = {}): DescribedSae => ({
  ...{ layer, site: 'z', dSae: 16_384, name: 'saes/x' },
  ...part,
});

describe('the id of an SAE', () => {
  it('is its layer where the layer has one', () => {
    expect(saeIds([sae(0), sae(5, { width: '16k', l0: '82' }), sae(11, { site: 'attn_out' })])).toEqual([
      '0',
      '5',
      '11',
    ]);
  });

  it('says the site where a layer has both', () => {
    expect(saeIds([sae(5), sae(5, { site: 'attn_out' }), sae(6)])).toEqual(['5-z', '5-out', '6']);
  });

  it('says width and L0 where they differ, as the release has them', () => {
    const release = ['16k', '65k'].flatMap((width) => ['21', '82'].map((l0) => sae(5, { width, l0 })));
    expect(saeIds(release)).toEqual(['5-16k-l0-21', '5-16k-l0-82', '5-65k-l0-21', '5-65k-l0-82']);
    expect(saeIds([sae(5), sae(5, { dSae: 1_048_576 }), sae(5, { dSae: 40 })])).toEqual(['5-16k', '5-1m', '5-40']);
  });

  it('says the L0 that a training of several names its folders by', () => {
    const trained = ['16', '8', '2.5'].map((l0) => sae(1, { name: `saes/l0-${l0}/blocks.1.hook_z` }));
    expect(saeIds(trained)).toEqual(['1-l0-16', '1-l0-8', '1-l0-2.5']);
  });

  it('says what their folders differ in where nothing else does, and is safe in addresses and file names', () => {
    const names = ['saes/Run A/final', 'saes/Run B/final'].map((name) => sae(5, { name }));
    expect(saeIds(names)).toEqual(['5-a-final', '5-b-final']);
    expect(saeIds([sae(5), sae(5)])).toEqual(['5-x-1', '5-x-2']);
    const hostile = [sae(5, { name: 'saes/../<é>?' }), sae(5, { name: 'saes/b' })];
    for (const id of saeIds(hostile)) expect(id).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
    expect(new Set(saeIds(hostile)).size).toBe(2);
  });
});

describe('a selection of SAEs', () => {
  const model = tinyModel();

  async function tree(): Promise<string> {
    const root = await temporaryFolder();
    const [first, second] = [equalSaes(model, 0, 12), equalSaes(model, 1, 12)];
    await writeSaeFolder(join(root, 'z', 'layer_0', 'width_12'), first.z);
    await writeSaeFolder(join(root, 'z', 'layer_1', 'width_12'), second.z);
    await writeSaeFolder(join(root, 'z', 'layer_1', 'width_24'), equalSaes(model, 1, 24).z);
    await writeSaeFolder(join(root, 'out', 'layer_1', 'width_12'), second.output);
    return root;
  }

  const idsOf = async (select: readonly string[] | undefined, layers?: readonly number[]) =>
    selectSaes((await findSaes(await tree())).sources, model.config, { select, layers }).map(({ id }) => id);

  it('is all of them by default, by layer and id', async () => {
    expect(await idsOf(undefined)).toEqual(['0', '1-out-12', '1-z-12', '1-z-24']);
  });

  it.each([
    [['z/**'], ['0', '1-12', '1-24']],
    [['z/layer_*/width_12'], ['0', '1']],
    [['z'], ['0', '1-12', '1-24']],
    [['**/width_24'], ['1']],
    [['1-out-*'], ['1']],
    [
      ['0', '1-z-24'],
      ['0', '1'],
    ],
  ])('is by globs over folders and ids: %j', async (select, ids) => {
    expect(await idsOf(select)).toEqual(ids);
  });

  it('goes with --layers, and names what is there where nothing matches', async () => {
    expect(await idsOf(['**/width_12'], [1])).toEqual(['1-out', '1-z']);
    await expect(idsOf(['**/width_99'])).rejects.toThrow(
      /^no sae matches \*\*\/width_99: there are 4, such as z\/layer_0\/width_12 \(0\), out\/layer_1\/width_12 \(1-out-12\)/,
    );
  });

  it('leaves out an SAE that cannot be read where a folder or a layer does, and is refused where it holds it', async () => {
    const root = await tree();
    const cfg = { d_in: 4, d_sae: 2, hook_name: 'blocks.1.attn.hook_z', hook_head_index: 3 };
    await mkdir(join(root, 'z', 'head'));
    await writeFile(join(root, 'z', 'head', 'cfg.json'), JSON.stringify(cfg));
    const found = await findSaes(root);
    expect(found.sources).toHaveLength(4);
    const refused = (selection: SaeSelection) => () => requireReadable(found.unreadable, root, selection);
    for (const left of [{ select: ['z/layer_*', 'out'] }, { layers: [0] }]) expect(refused(left)).not.toThrow();
    for (const held of [{}, { select: ['z'] }, { select: ['z/head'] }, { layers: [0, 1] }]) {
      expect(refused(held)).toThrow(/^unsupported hook_head_index: 3, .+; --select can leave it out$/);
    }
    await expect(listSaes(root)).rejects.toThrow(/^unsupported hook_head_index: 3/);
  });

  it('keeps the ids of all where all are listed', async () => {
    expect((await listSaes(await tree())).map(({ id }) => id)).toEqual(['0', '1-out-12', '1-z-12', '1-z-24']);
  });
});
