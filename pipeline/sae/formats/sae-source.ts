import type { UserError } from '../../errors/user-error.ts';
import type { TensorFile } from '../../files/tensor-file.ts';
import type { Sae } from '../sae.ts';
import type { HookPlace } from './hook.ts';
import type { SaeProcessing } from './sae-processing.ts';
import type { SaeTraining } from './sae-training.ts';
import type { UnreadableSae } from './unreadable.ts';

/** What an SAE's files say of it before its weights are read, whichever library wrote them. */
export interface SaeConfig extends HookPlace {
  readonly dIn: number;
  readonly dSae: number;
  /** The version of z that it was trained on. */
  readonly processing: SaeProcessing;
  readonly training: SaeTraining;
  /** What tells it from others of its place, as its release has it: `16k` and `104` of Gemma Scope's. */
  readonly width?: string | undefined;
  readonly l0?: string | undefined;
}

/** An SAE's tensors in our convention, with what says how they encode. */
export type SaeWeights = Pick<
  Sae,
  'dIn' | 'dSae' | 'activation' | 'normalization' | 'subtractDecoderBias' | 'wEnc' | 'bEnc' | 'wDec' | 'bDec'
>;

/** An SAE on the disk: its config read, its weights not yet. */
export interface FoundSae {
  readonly config: SaeConfig;
  /** Not there where the path to the weights says everything. */
  readonly configPath: string | undefined;
  readonly weightsPath: string;
  /** Reads its weights. Throws UserError for what is missing, of a wrong shape or not finite. */
  read(file: TensorFile): Promise<SaeWeights>;
}

/** A file that is no SAE of a whole attention output, which is left out. */
export interface LeftOut {
  readonly path: string;
  /** What it is of: `blocks.0.hook_resid_pre`. */
  readonly of: string;
  /** Why it is not read, where it may be of an attention output. */
  readonly error?: UserError;
}

/** A folder that SAEs are looked for in. */
export interface SaeFolder {
  readonly path: string;
  /** The folder that the search began in, which holds this one or is it. */
  readonly root: string;
  /** Its entries, sorted. */
  readonly names: readonly string[];
}

/** A library's way to store SAEs: what it finds in a folder itself, nothing where the folder is none of its. */
export interface SaeFormat {
  /** How it is called in messages. */
  readonly name: string;
  find(folder: SaeFolder): Promise<readonly Found[]>;
}

/** What a format says of an SAE. */
export type Found = FoundSae | LeftOut | UnreadableSae;

export const isLeftOut = (found: Found): found is LeftOut => 'of' in found;
