import { expect, test } from 'vitest';
import { addEdit, toggleEdit } from '../../../../site/explorer/edits/change-edits.ts';
import type { Edit } from '../../../../site/explorer/protocol.ts';

const feature: Edit = { kind: 'feature', layer: 1, feature: 3, position: 7, action: 'zero' };
const head: Edit = { kind: 'head', layer: 1, head: 3, position: 7, action: 'zero' };
const elsewhere: Edit = { ...feature, position: null };

test('an edit takes the place of an earlier one of the same thing at the same place, and of no other', () => {
  const doubled: Edit = { ...feature, action: 'scale', factor: 2 };
  expect(addEdit([feature, head, elsewhere], doubled)).toEqual([head, elsewhere, doubled]);
});

test('an edit made twice is undone, whatever was done there', () => {
  expect(toggleEdit(toggleEdit([head], feature), feature)).toEqual([head]);
  expect(toggleEdit([{ ...feature, action: 'mean' }, elsewhere], feature)).toEqual([elsewhere]);
});
