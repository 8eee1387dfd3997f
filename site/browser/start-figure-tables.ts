import { figureTables } from './figure-tables.ts';

// On pages without the rest of what moves on a feature's or a head's page; once, whichever parts of a page ask for it.
const main = document.getElementById('main');
if (main) figureTables(main);
