export const overviewImageFile = 'preview.png';

export const headImageFile = (layer: number, head: number): string => `h/${layer}/${head}.png`;
