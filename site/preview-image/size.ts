/** Pixels of a preview's picture, of the shape that who shows previews asks for. */
export const cardSize = { width: 1200, height: 630 } as const;
