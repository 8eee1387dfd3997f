export const families = [
  'induction',
  'duplicate token',
  'succession',
  'copying',
  'skip-gram',
  'previous token',
  'current token',
  'BOS',
  'positional',
  'local context',
  'high-level context',
  'unclear',
] as const;

export type Family = (typeof families)[number];

export type ContextFamily = 'local context' | 'high-level context';

export type ReadFamily = Exclude<Family, ContextFamily | 'positional' | 'unclear'>;
