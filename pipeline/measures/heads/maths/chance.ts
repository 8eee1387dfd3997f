/** The name, among a head's scores, of what a head that attends evenly to every source has of a score. */
export const chanceOf = (score: string): string => `${score}, by chance`;

/** (share − chance)/(1 − chance), 0 at the least. */
export function beyondChance(share: number, chance: number): number {
  return chance < 1 ? Math.max(0, (share - chance) / (1 - chance)) : 0;
}
