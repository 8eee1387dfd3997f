const months = 'january february march april may june july august september october november december';
const weekdays = 'monday tuesday wednesday thursday friday saturday sunday';
const abbreviated = (names: string) => names.split(' ').map((name) => name.slice(0, 3));

/** Series whose members are words, in English; letters and Roman numerals as well. Those that go round begin again. */
const series: readonly { readonly members: readonly string[]; readonly goesRound?: boolean }[] = [
  { members: [...'abcdefghijklmnopqrstuvwxyz'] },
  { members: weekdays.split(' '), goesRound: true },
  { members: abbreviated(weekdays), goesRound: true },
  { members: months.split(' '), goesRound: true },
  { members: abbreviated(months), goesRound: true },
  { members: 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ') },
  { members: 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ') },
  { members: 'twenty thirty forty fifty sixty seventy eighty ninety hundred'.split(' ') },
  { members: 'i ii iii iv v vi vii viii ix x xi xii'.split(' ') },
  { members: 'alpha beta gamma delta epsilon'.split(' ') },
  { members: 'spring summer autumn winter'.split(' '), goesRound: true },
];

/** What comes after each word; a word may stand in several series. */
const following = new Map<string, Set<string>>();
for (const { members, goesRound } of series) {
  for (const [i, word] of members.entries()) {
    const next = members.at(i + 1) ?? (goesRound ? members[0] : undefined);
    if (next !== undefined) following.set(word, (following.get(word) ?? new Set()).add(next));
  }
}

/**
 * What follows a word in the ordered series known: integers of up to six digits (zeros in front kept), ordinals such as
 * 2nd, letters, English days, months, seasons, ordinal and number words, Roman numerals. Case and spaces around aside.
 */
export function successorsOf(text: string): string[] {
  const word = text.trim().toLowerCase();
  const [, digits, ending] = /^(\d{1,6})(st|nd|rd|th)?$/.exec(word) ?? [];
  if (digits === undefined) return [...(following.get(word) ?? [])];
  const next = Number(digits) + 1;
  return [ending === undefined ? String(next).padStart(digits.length, '0') : `${next}${ordinalEnding(next)}`];
}

function ordinalEnding(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return teen ? 'th' : (['th', 'st', 'nd', 'rd'].at(n % 10) ?? 'th');
}

/** Which token classes follow which in ordered series, and which go before. */
export interface SuccessionTable {
  readonly next: ReadonlyMap<number, readonly number[]>;
  readonly previous: ReadonlyMap<number, readonly number[]>;
}

/** The succession of a vocabulary's token classes; a class counts where a token of it is a whole member of a series. */
export function successionTable(classes: ArrayLike<number>, tokenText: (id: number) => string): SuccessionTable {
  const words = new Map<string, number>();
  for (let id = 0; id < classes.length; id++) words.set(tokenText(id).trim().toLowerCase(), classes[id]);
  const next = new Map<number, number[]>();
  const previous = new Map<number, number[]>();
  for (const [word, own] of words) {
    for (const after of successorsOf(word)) {
      const other = words.get(after);
      if (other === undefined) continue;
      next.set(own, [...(next.get(own) ?? []), other]);
      previous.set(other, [...(previous.get(other) ?? []), own]);
    }
  }
  return { next, previous };
}

export const noSuccession: SuccessionTable = { next: new Map(), previous: new Map() };
