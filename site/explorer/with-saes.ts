import type { ExplorerSession } from './protocol.ts';

/** What no SAE takes part in. */
const free: readonly (keyof ExplorerSession)[] = ['open', 'useSaes', 'fetchAhead', 'tokenize', 'describe', 'textOf'];

/**
 * A session whose questions are answered with these SAEs, by id, whatever is asked with others. The session takes what it
 * is sent in order, and both messages are sent at once, so that no other comes between.
 */
export function withSaes(session: ExplorerSession, ids: readonly string[]): ExplorerSession {
  return new Proxy(session, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function' || free.some((own) => own === name)) return method;
      return async (...args: unknown[]) => {
        const [, answer] = await Promise.all([target.useSaes(ids), Reflect.apply(method, undefined, args)]);
        return answer;
      };
    },
  });
}
