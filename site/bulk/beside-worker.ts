import { asChild } from '../../pipeline/effects/process/as-child.ts';
import { writeBeside } from './write-beside.ts';

await asChild<{ readonly run: string; readonly folder: string }>(({ run, folder }) => writeBeside(run, folder));
