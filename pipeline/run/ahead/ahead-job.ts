import type { RunConfig } from '../../commands/run.ts';
import type { StopFlag } from '../../effects/stop-flag.ts';
import type { SampleSizes } from '../../record/run-samples.ts';
import type { Claims } from './claims.ts';

/** What a run's companion is given: all of it can be sent to another thread. */
export interface AheadJob extends Pick<Claims, 'names' | 'slots'> {
  /** With the companion's own number of threads. */
  readonly settings: RunConfig;
  readonly sizes: SampleSizes;
  /** Of the run's working folder. */
  readonly fingerprint: string;
  /** A StopFlag's. */
  readonly stop: StopFlag['shared'];
}
