/**
 * Where a feature's page of the other kind of site is in this one, by what was asked for below its base: of f/5/123.html
 * f/5.html?123 where features are packed, and the other way round where they are not; undefined of any other address.
 */
export function otherAddress(asked: string, { isPacked }: { readonly isPacked: boolean }): string | undefined {
  const [, sae, feature] =
    (isPacked ? /^f\/([^/?]+)\/(\d+)(?:\.html)?(?:\?.*)?$/ : /^f\/([^/?]+?)(?:\.html)?\?(\d+)$/).exec(asked) ?? [];
  if (sae === undefined) return undefined;
  return isPacked ? `f/${sae}.html?${feature}` : `f/${sae}/${feature}.html`;
}
