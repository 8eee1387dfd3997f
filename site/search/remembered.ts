/** What was found for the last few texts: other filters change while a text stays. `undefined` is not kept. */
export function remembered<T>(find: (text: string) => T, most = 6): (text: string) => T {
  const found = new Map<string, T>();
  return (text) => {
    const value = found.get(text) ?? find(text);
    found.delete(text);
    if (value !== undefined) found.set(text, value);
    const [oldest] = found.keys();
    if (found.size > most && oldest !== undefined) found.delete(oldest);
    return value;
  };
}
