/** What of a pre-activation comes from no source position, with its name; the output bias where one is read. */
export function constantParts({
  constant,
  outputBias,
}: {
  readonly constant: number;
  readonly outputBias: number;
}): readonly (readonly [name: string, value: number])[] {
  const own = [['encoder constant', constant]] as const;
  return outputBias === 0 ? own : [...own, ['output bias', outputBias]];
}
