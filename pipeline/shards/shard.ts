import { UserError } from '../errors/user-error.ts';

/** The `number`-th, from 1 on, of `of` equal parts. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a scheduler says which of how many processes this is: its number counts from 0, or from `first` where that is given,
 * by ones, or by `step`.
 */
interface Numbering {
  readonly number: string;
  readonly first?: string;
  readonly step?: string;
  readonly count?: string;
}

/** https://slurm.schedmd.com/job_array.html, Kubernetes' Indexed Jobs, SkyPilot's nodes, torchrun; Slurm's steps last. */
const numberings: readonly Numbering[] = [
  {
    number: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { number: 'JOB_COMPLETION_INDEX' },
  { number: 'SKYPILOT_NODE_RANK', count: 'SKYPILOT_NUM_NODES' },
  { number: 'RANK', count: 'WORLD_SIZE' },
  { number: 'SLURM_PROCID', count: 'SLURM_NTASKS' },
];

/** A part named `2/4`, or by the scheduler of this process: `auto`, `auto/4`. Throws UserError where there is no such part. */
export function shardOf(text: string, environment: Environment): Shard {
  const [number, of] = text.split('/');
  const shard = number === 'auto' ? numbered(text, environment, of) : { number: Number(number), of: Number(of) };
  if (shard.number >= 1 && shard.number <= shard.of) return shard;
  throw new UserError(
    `invalid shard: ${shard.number}/${shard.of}, expected from 1/${shard.of} to ${shard.of}/${shard.of}`,
  );
}

export const shardName = ({ number, of }: Shard): string => `${number}/${of}`;

/** The contexts first … first + count − 1 of a part. */
export function contextsOfShard({ number, of }: Shard, contexts: number): { first: number; count: number } {
  const start = (part: number) => Math.floor((part * contexts) / of);
  const first = start(number - 1);
  return { first, count: start(number) - first };
}

function numbered(text: string, environment: Environment, of: string | undefined): Shard {
  const numbering = numberings.find((one) => environment[one.number] !== undefined);
  if (!numbering) {
    const names = numberings.map(({ number }) => number).join(', ');
    throw new UserError(`shard is ${text}, but none of ${names} is set, expected one of them, or a part such as 2/4`);
  }
  const number = numberIn(environment, numbering);
  if (of !== undefined) return { number: ofWhole(numbering, environment, number, of), of: Number(of) };
  if (numbering.count === undefined || environment[numbering.count] === undefined) {
    throw new UserError(
      `shard is auto, but ${numbering.number} alone does not say of how many, expected such as auto/4`,
    );
  }
  return { number, of: wholeIn(environment, numbering.count) };
}

/** A process's number, from 1 on. */
function numberIn(environment: Environment, { number, first, step }: Numbering): number {
  const given = wholeIn(environment, number);
  const from = first === undefined ? 0 : wholeIn(environment, first);
  const by = step === undefined || environment[step] === undefined ? 1 : wholeIn(environment, step);
  const place = (given - from) / by;
  if (Number.isInteger(place)) return place + 1;
  throw new UserError(`invalid ${number}: ${given}, expected ${first} ${from} and a multiple of ${step} ${by}`);
}

/** A process's number; where only some of an array are started again, it says nothing of their place in the whole. */
function ofWhole({ first, count }: Numbering, environment: Environment, number: number, of: string): number {
  const started = first !== undefined && count !== undefined ? environment[count] : undefined;
  if (started === undefined || started === of) return number;
  throw new UserError(
    `shard is auto/${of}, but ${count} is ${started}, expected an array of ${of}; of fewer, name each part: 2/${of}`,
  );
}

function wholeIn(environment: Environment, name: string): number {
  const text = environment[name] ?? '';
  if (/^\d+$/.test(text)) return Number(text);
  throw new UserError(`invalid ${name}: ${JSON.stringify(text)}, expected a whole number (environment)`);
}
