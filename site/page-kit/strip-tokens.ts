/** A run of a strip's text as its HTML holds it: plain text of several tokens, or one shaded token. */
export interface Run {
  readonly text: string;
  readonly shaded: boolean;
}

export interface Piece {
  readonly text: string;
  /** Index of the run it came from. */
  readonly run: number;
}

/** The tokens of a strip, cut from its runs by their lengths. */
export function cutTokens(runs: readonly Run[], lengths: readonly number[]): Piece[] {
  const pieces: Piece[] = [];
  let run = 0;
  let offset = 0;
  for (const length of lengths) {
    while (run < runs.length - 1 && offset >= runs[run].text.length) {
      run += 1;
      offset = 0;
    }
    pieces.push({ text: runs.at(run)?.text.slice(offset, offset + length) ?? '', run });
    offset += length;
  }
  return pieces;
}
