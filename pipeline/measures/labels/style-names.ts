/** How a label may be asked for: see the style of each name. */
export const styleNames = ['attention', 'neuronpedia', 'delphi'] as const;
export type StyleName = (typeof styleNames)[number];
