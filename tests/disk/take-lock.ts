import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { ownFolder } from '../../pipeline/disk/own-folder.ts';

// A process that tries for a folder until it has owned it: its start and end are noted in a file that all append to.
const [folder = '', notes = '', id = ''] = process.argv.slice(2);
for (let owned = false; !owned; ) {
  owned = await ownFolder(folder, `test ${id}`, async () => {
    appendFileSync(notes, `${id} in\n`);
    await wait(20);
    appendFileSync(notes, `${id} out\n`);
    return true;
  }).catch(async (error: unknown) => {
    if (!(error instanceof Error) || !error.message.includes('is in use')) throw error;
    await wait(5);
    return false;
  });
}
