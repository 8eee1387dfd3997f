import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { asChild, say } from '../../../pipeline/effects/process/as-child.ts';
import { nextSaes } from '../../../site/bulk/next-sae.ts';

/** Fails at the SAE of that name; of any other it leaves its process's id in the folder, and stays. */
await asChild<{ readonly folder: string }>(async ({ folder }) => {
  for await (const sae of nextSaes()) {
    if (sae === 'wrong') {
      await wait(500); // until others have begun
      throw new Error('this SAE cannot be written');
    }
    writeFileSync(`${folder}/${process.pid}`, '');
    say(1);
    await wait(60_000);
  }
});
