export const overviewImageFile = 'preview.png';

export const headImageFile = (sae: string, head: number): string => `h/${sae}/${head}.png`;
