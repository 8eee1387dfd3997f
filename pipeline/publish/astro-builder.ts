import { subscribe } from 'node:diagnostics_channel';
import { asChild, say } from '../effects/process/as-child.ts';
import { givingBackFreed } from '../store/freed-memory.ts';
import { type AstroBuild, buildByAstro } from './build-by-astro.ts';
import { PAGES_CHANNEL } from './pages-channel.ts';

subscribe(PAGES_CHANNEL, (pages) => say(Number(pages)));
await asChild<AstroBuild>((build) => givingBackFreed(() => buildByAstro(build)));
