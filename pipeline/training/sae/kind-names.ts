export const saeKinds = ['batchtopk', 'topk', 'jumprelu', 'relu'] as const;
export type SaeKind = (typeof saeKinds)[number];
