/** Where a reader may want to go, as they type it; pages are told by their names without extension. */
export interface PlaceContext {
  /** The SAE of the page that they are on; '' on others. */
  readonly sae: string;
}

/**
 * The page that a text names: `5/123` or `5-16k/123` a feature, `123` one of the same SAE, `5.7` a head; nothing where it
 * is none of these.
 */
export function placeNamed(text: string, { sae }: PlaceContext): string | undefined {
  const typed = text.trim().replace(/^(feature|head)\s+/i, '');
  const named = /^(?:(\d+(?:-[\w.-]+)?)\s*\/\s*)?#?(\d{1,9})$/.exec(typed);
  if (named) {
    const [feature, of] = [named[2], named.at(1) ?? sae];
    return of === '' ? undefined : `f/${of}/${Number(feature)}`;
  }
  const [, layer, head] = /^(\d{1,4})\s*[.·]\s*(\d{1,4})$/.exec(typed) ?? [];
  return layer === undefined || head === undefined ? undefined : `h/${Number(layer)}/${Number(head)}`;
}
