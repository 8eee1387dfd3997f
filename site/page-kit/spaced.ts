/** The name of a setting in words: `qualityTokens` as `quality tokens`. */
export const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
