/** The site's pages report on this channel as they are made; each message is a number of pages. */
export const PAGES_CHANNEL = 'attention-atlas:pages';
