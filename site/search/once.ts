/** Does what has a name once, however often it is asked for; again where it failed. */
export function createOnce(): (name: string, effect: () => Promise<void>) => Promise<void> {
  const started = new Map<string, Promise<void>>();
  return (name, effect) => {
    const known = started.get(name);
    if (known) return known;
    const begun = effect().catch((error: unknown) => {
      started.delete(name);
      throw error;
    });
    started.set(name, begun);
    return begun;
  };
}
