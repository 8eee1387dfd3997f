import { channel } from 'node:diagnostics_channel';

const pages = channel('attention-atlas:pages');

/** Tells whoever started the build that so many pages have been made. */
export function reportPages(made: number): void {
  pages.publish(made);
}
