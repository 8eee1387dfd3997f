import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { type MeasuredSae, measureQuality, type QualityOptions } from './quality.ts';

const name = 'quality';

/** The quality of a run's SAEs, as a part that can be computed apart. */
export const qualityPart = (options: QualityOptions): MeasurePart => ({ name, compute: () => measureQuality(options) });

/** The same where it is needed; stored when it is done, for a run that is taken up later. */
export const runQuality = (parts: StoredParts, options: QualityOptions): Promise<MeasuredSae[]> =>
  parts.keep(name, () => measureQuality(options));
