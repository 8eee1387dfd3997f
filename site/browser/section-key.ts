/** The key of a section in an address: its id, its heading's, or its heading's words. */
export function sectionKey(section: Element): string {
  return slug(section.id || section.getAttribute('aria-labelledby') || headingOf(section));
}

/** A section's heading. */
export const headingOf = (section: Element): string => (section.querySelector('h2, h3')?.textContent ?? '').trim();

/** Words as they stand in an address. */
export const slug = (words: string): string =>
  words
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
