import { subscribe } from 'node:diagnostics_channel';
import { asUserError } from '../errors/system-error.ts';
import { givingBackFreed } from '../store/freed-memory.ts';
import { buildByAstro, type FromBuilder } from './build-by-astro.ts';
import { PAGES_CHANNEL } from './pages-channel.ts';

const say = (message: FromBuilder): void => void process.send?.(message);

let code = 1;
// At the end, or when whoever started this process is gone: Astro may leave work behind that nobody waits for.
process.once('disconnect', () => process.exit(code));
subscribe(PAGES_CHANNEL, (pages) => say(Number(pages)));
try {
  await givingBackFreed(() => buildByAstro(JSON.parse(process.argv[2])));
  code = 0;
} catch (error) {
  const mistake = asUserError(error);
  const { message, stack = message } = mistake ?? (error instanceof Error ? error : new Error(String(error)));
  say({ message, stack, isUserError: mistake !== undefined });
}
process.disconnect();
