const isLayer = (sae: string): boolean => /^\d+$/.test(sae);

/** The search for an SAE's features: by its layer where it is called by it. */
export const saeQuery = (sae: string): string => (isLayer(sae) ? `layer=${sae}` : `sae=${sae}`);

/** An SAE in words: "layer 5", "SAE 5-16k". */
export const saeWords = (sae: string): string => (isLayer(sae) ? `layer ${sae}` : `SAE ${sae}`);
