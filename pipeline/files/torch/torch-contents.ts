import type { StoredEntry } from '../zip.ts';
import type { PickleValue, TorchStorage } from './torch-pickle.ts';

/** A file's pickled object, and where each storage's bytes lie. */
export interface TorchContents {
  readonly value: PickleValue;
  locate(storage: TorchStorage): Promise<StoredEntry | undefined>;
}
