import { join } from 'node:path';
import { type Checksum, emptyChecksum } from '../disk/checksum.ts';
import { orClose } from '../disk/or-close.ts';
import type { FeatureActivations } from '../numbers/feature-activations.ts';
import { EntryRoom } from './entry-room.ts';
import { LogFile } from './log-file.ts';

/** How far an activation log is committed: its two files. */
export interface ActivationLogPosition {
  readonly counts: Checksum;
  readonly entries: Checksum;
}

export const startOfLog: ActivationLogPosition = { counts: emptyChecksum, entries: emptyChecksum };

/** Active (feature, token, value) triples of some tokens, in the order of the tokens. */
export interface ActiveEntries {
  readonly features: Int32Array;
  readonly tokens: Uint32Array;
  readonly values: Float32Array;
}

/** An activation's token, as its distance from the segment's first (uint16), and its value (float32). */
export const bytesPerActivation = 6;
/** Tokens of a segment, so that a feature's count and a token's distance fit into 16 bits. */
const segmentTokens = 2 ** 16 - 1;
/** First token and number of activations, before a segment's counts. */
const headBytes = 8;

/** Bytes of what is kept of each segment besides its activations. */
export const segmentBytes = (dSae: number): number => headBytes + 2 * dSae;

/** A segment by feature, of all logs: it is in a file before the next is sorted. */
const sortedRoom = new EntryRoom();

/**
 * Every activation of one SAE's features, on disk, so that a single pass over the corpus suffices: segments in
 * corpus order, each sorted by feature. A second file holds each segment's activations by feature.
 */
export class ActivationLog {
  readonly #dSae: number;
  readonly #counts: LogFile;
  readonly #entries: LogFile;

  private constructor(dSae: number, counts: LogFile, entries: LogFile) {
    this.#dSae = dSae;
    this.#counts = counts;
    this.#entries = entries;
  }

  /** Throws DamagedFile where the files are not as they were committed. */
  static async open(folder: string, sae: string, dSae: number, at: ActivationLogPosition): Promise<ActivationLog> {
    const counts = await LogFile.open(join(folder, `counts-${sae}.bin`), at.counts);
    const entries = await orClose(counts, () => LogFile.open(join(folder, `activations-${sae}.bin`), at.entries));
    return new ActivationLog(dSae, counts, entries);
  }

  get position(): ActivationLogPosition {
    return { counts: this.#counts.written, entries: this.#entries.written };
  }

  /** Bytes of the activations, their counts left out. */
  get entryBytes(): number {
    return this.#entries.bytes;
  }

  /** Appends activations as a segment, or as several where their tokens lie further apart than one can hold. */
  append({ features, tokens, values }: ActiveEntries): void {
    for (let from = 0; from < tokens.length; ) {
      const end = firstNotBelow(tokens, tokens[from] + segmentTokens, from);
      this.#appendSegment({
        features: features.subarray(from, end),
        tokens: tokens.subarray(from, end),
        values: values.subarray(from, end),
      });
      from = end;
    }
  }

  /** Appends the segments of another log, whose tokens come after this one's. */
  appendLog(other: ActivationLog): void {
    this.#counts.appendFile(other.#counts);
    this.#entries.appendFile(other.#entries);
  }

  flush(): Promise<unknown> {
    return Promise.all([this.#counts.flush(), this.#entries.flush()]);
  }

  /** Throws DamagedFile unless the files hold what was written. */
  async verify(): Promise<void> {
    await this.#counts.verify();
    await this.#entries.verify();
  }

  /**
   * Every feature's activations in turn, at most about `maxEntries` of them in memory at a time. They are overwritten
   * when the next are asked for.
   */
  *features(maxEntries: number): Generator<FeatureActivations> {
    const segments = this.#segments();
    const totals = this.#totals();
    const rooms = { block: new EntryRoom(), piece: new EntryRoom() };
    for (let first = 0; first < this.#dSae; ) {
      let end = first;
      for (let entries = 0; end < this.#dSae; end++) {
        entries += totals[end];
        if (entries > maxEntries && end > first) break;
      }
      yield* this.#block(segments, totals.subarray(first, end), first, rooms);
      first = end;
    }
  }

  close(): Promise<unknown> {
    return Promise.all([this.#counts.close(), this.#entries.close()]);
  }

  /** A counting sort by feature that keeps the order of the tokens. */
  #appendSegment({ features, tokens, values }: ActiveEntries): void {
    const counts = new Uint16Array(this.#dSae);
    for (const feature of features) counts[feature] += 1;
    const next = startsOf(counts);
    const sorted = sortedRoom.take(features.length);
    const distances = shortView(sorted.tokens);
    const firstToken = tokens[0];
    for (let entry = 0; entry < features.length; entry++) {
      const feature = features[entry];
      const at = next[feature];
      next[feature] = at + 1;
      distances[at] = tokens[entry] - firstToken;
      sorted.values[at] = values[entry];
    }
    this.#counts.append(Uint32Array.of(firstToken, features.length));
    this.#counts.append(counts);
    this.#entries.append(distances);
    this.#entries.append(sorted.values);
  }

  #segments(): Segment[] {
    const segments: Segment[] = [];
    const head = new Uint32Array(2);
    let entriesAt = 0;
    for (let countsAt = 0; countsAt < this.#counts.bytes; countsAt += segmentBytes(this.#dSae)) {
      this.#counts.read(head, countsAt);
      const [firstToken = 0, size = 0] = head;
      segments.push({ countsAt: countsAt + headBytes, entriesAt, firstToken, size, taken: 0 });
      entriesAt += bytesPerActivation * size;
    }
    return segments;
  }

  /** Activations of each feature in all segments. */
  #totals(): Float64Array {
    const totals = new Float64Array(this.#dSae);
    const counts = new Uint16Array(this.#dSae);
    for (let at = headBytes; at < this.#counts.bytes; at += segmentBytes(this.#dSae)) {
      this.#counts.read(counts, at);
      for (let feature = 0; feature < counts.length; feature++) {
        totals[feature] += counts[feature];
      }
    }
    return totals;
  }

  /** Activations of the features from `first` on that `totals` counts: three reads a segment. */
  #block(
    segments: readonly Segment[],
    totals: Float64Array,
    first: number,
    rooms: { readonly block: EntryRoom; readonly piece: EntryRoom },
  ): FeatureActivations[] {
    const bounds = startsOf(totals);
    const block = rooms.block.take(bounds[totals.length]);
    const filled = bounds.slice();
    const counts = new Uint16Array(totals.length);
    for (const segment of segments) {
      this.#counts.read(counts, segment.countsAt + 2 * first);
      const size = counts.reduce((sum, count) => sum + count, 0);
      const piece = rooms.piece.take(size);
      const distances = shortView(piece.tokens);
      this.#entries.read(distances, segment.entriesAt + 2 * segment.taken);
      this.#entries.read(piece.values, segment.entriesAt + 2 * segment.size + 4 * segment.taken);
      segment.taken += size;
      for (let feature = 0, entry = 0; feature < counts.length; feature++) {
        let at = filled[feature];
        for (const end = entry + counts[feature]; entry < end; entry++, at++) {
          block.tokens[at] = segment.firstToken + distances[entry];
          block.values[at] = piece.values[entry];
        }
        filled[feature] = at;
      }
    }
    return Array.from(totals, (_, i) => ({
      tokens: block.tokens.subarray(bounds[i], bounds[i + 1]),
      values: block.values.subarray(bounds[i], bounds[i + 1]),
    }));
  }
}

interface Segment {
  /** Byte offset of its counts by feature. */
  readonly countsAt: number;
  /** Byte offset of its activations: distances, then values. */
  readonly entriesAt: number;
  readonly firstToken: number;
  /** Activations in it. */
  readonly size: number;
  /** Activations of the features before those that are read next. */
  taken: number;
}

/** The first half of some 32-bit numbers' memory, as as many of 16 bits. */
const shortView = ({ buffer, byteOffset, length }: Uint32Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length);

/** Index of the first of some ascending numbers, from one on, that is not below the given one. */
function firstNotBelow(ascending: Uint32Array, least: number, from: number): number {
  let at = from;
  while (at < ascending.length && ascending[at] < least) at++;
  return at;
}

/** Running sums of counts, from 0, one longer than the counts. */
function startsOf(counts: Uint16Array | Float64Array): Uint32Array {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) starts[i + 1] = starts[i] + counts[i];
  return starts;
}
