import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openTorchFile } from '../../../pipeline/files/torch/torch-file.ts';
import { unpickle } from '../../../pipeline/files/torch/unpickle.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Files that PyTorch wrote: tests/fixtures/torch/make.py. */
const fixtures = join(import.meta.dirname, '../../fixtures/torch');
const tensorSchema = z.object({ shape: z.array(z.number()), values: z.array(z.number()) });
const expected = z
  .record(z.string(), z.record(z.string(), tensorSchema))
  .parse(JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8')));

test.each(Object.entries(expected))('%s.pt gives the tensors that PyTorch reads', async (name, tensors) => {
  const file = await openTorchFile(join(fixtures, `${name}.pt`));
  expect([...file.shapes.keys()]).toEqual(expect.arrayContaining(Object.keys(tensors)));
  for (const [key, { shape, values }] of Object.entries(tensors)) {
    expect(await file.read(key)).toMatchObject({ shape, data: Float32Array.from(values) });
  }
  await file.close();
});

test('integers in a file are passed over, and refused when asked for', async () => {
  const file = await openTorchFile(join(fixtures, 'legacy.pt'));
  expect(file.shapes.get('mask')).toEqual([3]);
  await expect(file.read('mask')).rejects.toThrow(/^unsupported dtype: mask holds no floats/);
  await file.close();
});

/** A zip as torch.save lays it out, around any pickle. */
async function torchFile(pickle: string | Uint8Array, compressed = false): Promise<string> {
  const bytes = typeof pickle === 'string' ? Buffer.from(pickle, 'latin1') : pickle;
  const zip = zipSync(
    { 'archive/data.pkl': bytes, 'archive/version': Buffer.from('3\n') },
    { level: compressed ? 9 : 0 },
  );
  return join(await temporaryFolder({ 'made.pt': zip }), 'made.pt');
}

const malicious = {
  'os.system': '\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.',
  'posix.system': '\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.',
  'builtins.eval': '\x80\x02}X\x01\x00\x00\x00acbuiltins\neval\nX\x01\x00\x00\x001\x85Rs.',
  'torch.load': '\x80\x02ctorch\nload\n.',
  'subprocess.Popen': '(isubprocess\nPopen\n.',
  'torch._utils._rebuild_tensor_v2.__globals__': '\x80\x02ctorch._utils\n_rebuild_tensor_v2.__globals__\n.',
};

test.each(Object.entries(malicious))('a pickle that asks for %s is refused by name', async (name, pickle) => {
  await expect(openTorchFile(await torchFile(pickle))).rejects.toThrow(
    `unsafe pickle: it asks for ${name}, expected only`,
  );
});

test('a whole module that PyTorch saved is refused', async () => {
  const opening = openTorchFile(join(fixtures, 'module.pt'));
  await expect(opening).rejects.toThrow(
    /unsafe pickle: it asks for torch.nn.modules.linear.Linear, expected only tensors/,
  );
});

test('a name hides no control characters in the message', async () => {
  const opening = openTorchFile(await torchFile('\x80\x04\x8c\x01\x1b\x8c\x01\n\x93.'));
  await expect(opening).rejects.toThrow('unsafe pickle: it asks for \\u001b.\\n, expected');
});

test('an allowed name cannot be called with other arguments, nor built upon', async () => {
  const refused = async (pickle: string, message: RegExp) =>
    expect(openTorchFile(await torchFile(pickle))).rejects.toThrow(message);
  await refused('\x80\x02ctorch._utils\n_rebuild_tensor_v2\nK\x01\x85R.', /a tensor of unknown layout/);
  await refused('\x80\x02ctorch\nFloatStorage\n)R.', /a call of torch.FloatStorage/);
  await refused('\x80\x02ccollections\nOrderedDict\n}b.', /a state for something that takes none/);
  await refused('\x80\x02ccollections\nOrderedDict\n)\x81.', /unsupported pickle opcode 0x81/);
  await refused('\x80\x02X\x01\x00\x00\x00aQ.', /unknown persistent id/);
});

test('a tensor that reaches past its storage is refused', async () => {
  const storage = '(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ';
  const tensor = `}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n(${storage}K\x01K\x02K\x02\x86K\x02K\x01\x86tRs.`;
  await expect(openTorchFile(await torchFile(`\x80\x02${tensor}`))).rejects.toThrow(
    /reaches past its storage of 4 values/,
  );
});

test('a pickle cut anywhere is one line', async () => {
  const zip = await readFile(join(fixtures, 'state-dict.pt'));
  const start = zip.indexOf('\x80\x02ccollections', 0, 'latin1');
  const pickle = zip.subarray(start, zip.indexOf('PK', start, 'latin1'));
  const { end } = unpickle(pickle, 'whole.pkl');
  for (let length = 0; length < end; length++) {
    expect(() => unpickle(pickle.subarray(0, length), 'cut.pkl')).toThrow(/^malformed pickle: .* \(cut.pkl\)$/);
  }
});

test('a truncated file, a compressed one and one of another kind are each one line', async () => {
  const dir = await temporaryFolder({
    'cut.pt': await readFile(join(fixtures, 'state-dict.pt')),
    'text.pt': 'hello there',
    'list.pt': await readFile(await torchFile('\x80\x02].')),
  });
  await truncate(join(dir, 'cut.pt'), 900);
  await expect(openTorchFile(join(dir, 'cut.pt'))).rejects.toThrow(/^truncated file: no zip directory at its end/);
  await expect(openTorchFile(join(dir, 'text.pt'))).rejects.toThrow(/^not a pytorch file: neither a zip nor a pickle/);
  await expect(openTorchFile(join(dir, 'list.pt'))).rejects.toThrow(/^not a state dict: expected a dict of tensors/);
  const compressed = await torchFile(`\x80\x02}${'}0'.repeat(500)}.`, true);
  await expect(openTorchFile(compressed)).rejects.toThrow(/^compressed zip entry: archive\/data.pkl, expected stored/);
});
