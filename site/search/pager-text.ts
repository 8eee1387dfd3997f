import { counted } from '../page-kit/counted.ts';
import { count } from '../page-kit/format.ts';

interface Paged {
  /** Features found. */
  readonly total: number;
  /** From 1. */
  readonly page: number;
  /** Features of a page. */
  readonly size: number;
  /** Whether what is found is still coming. */
  readonly isReading: boolean;
}

/** What a page of the search shows of what was found. */
export function pagerText({ total, page, size, isReading }: Paged): string {
  if (total === 0) return isReading ? 'Reading the index…' : 'No feature matches.';
  const last = Math.ceil(total / size);
  const found = counted(total, 'feature');
  if (page > last)
    return `There is no page ${count(page)}: ${found} ${total === 1 ? 'is' : 'are'} on ${counted(last, 'page')}.`;
  return `${count((page - 1) * size + 1)} – ${count(Math.min(total, page * size))} of ${count(total)}`;
}
