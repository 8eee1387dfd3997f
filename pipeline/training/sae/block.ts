import { DamagedFile } from '../../disk/checksum.ts';
import type { DiskFile } from '../../disk/disk-file.ts';
import { decodeFloats, encodeHalves } from '../../files/float-formats.ts';
import { type Normalizer, norm } from './normalizer.ts';

/** Bytes of a float16. */
const HALF = 2;

export interface BlockShape {
  readonly layers: number;
  readonly dIn: number;
  readonly tokens: number;
}

export const blockBytes = ({ layers, dIn, tokens }: BlockShape): number => HALF * layers * dIn * tokens;

/** Where a block's bytes are: in memory or in a file. */
export interface Storage {
  write(bytes: Uint8Array, position: number): void;
  read(position: number, length: number): Uint8Array;
}

/** Centred and scaled activations of many tokens as float16, the layers one after the other, each [token, dIn]. */
export class ActivationBlock {
  readonly #shape: BlockShape;
  readonly #storage: Storage;
  #filled = 0;

  constructor(shape: BlockShape, storage: Storage, filled = 0) {
    this.#shape = shape;
    this.#storage = storage;
    this.#filled = filled;
  }

  get tokens(): number {
    return this.#filled;
  }

  get full(): boolean {
    return this.#filled === this.#shape.tokens;
  }

  /** Takes activations [token, dIn] of each layer, as many as fit; outliers of any layer are left out. */
  put(activations: readonly Float32Array[], normalizers: readonly Normalizer[]): void {
    const { dIn, tokens } = this.#shape;
    const count = activations[0].length / dIn;
    const isPlain = (token: number) =>
      activations.every((x, layer) => norm(x, token * dIn, dIn) <= normalizers[layer].maxNorm);
    const kept = [...Array(count).keys()].filter(isPlain).slice(0, tokens - this.#filled);
    activations.forEach((x, layer) => {
      const normalizer = normalizers[layer];
      if (!normalizer) throw new RangeError(`no normalizer of layer ${layer} of ${normalizers.length}`);
      this.#storage.write(halves(x, kept, dIn, normalizer), this.#position(layer, this.#filled));
    });
    this.#filled += kept.length;
  }

  /** Writes the activations of a layer's given tokens into the rows of `into` [token, width]. */
  read(layer: number, tokens: Int32Array, into: Float32Array, width: number): void {
    const { dIn } = this.#shape;
    tokens.forEach((token, row) => {
      decodeFloats('F16', this.#storage.read(this.#position(layer, token), HALF * dIn), into, row * width);
    });
  }

  #position(layer: number, token: number): number {
    const { dIn, tokens } = this.#shape;
    return HALF * dIn * (layer * tokens + token);
  }
}

function halves(x: Float32Array, tokens: readonly number[], dIn: number, { mean, scale }: Normalizer): Uint8Array {
  const scaled = new Float32Array(tokens.length * dIn);
  tokens.forEach((token, row) => {
    for (let d = 0; d < dIn; d++) scaled[row * dIn + d] = (x[token * dIn + d] - mean[d]) * scale;
  });
  return new Uint8Array(encodeHalves(scaled).buffer);
}

export function inMemory(bytes: number): Storage {
  const all = new Uint8Array(bytes);
  return {
    write: (written, position) => all.set(written, position),
    read: (position, length) => all.subarray(position, position + length),
  };
}

/** Reading throws DamagedFile past the file's end. */
export function inFile(file: DiskFile): Storage {
  return {
    write: (written, position) => file.writeAt(written, position),
    read(position, length) {
      const bytes = new Uint8Array(length);
      if (file.readAt(bytes, position) < length)
        throw new DamagedFile(file.path, `it ends before byte ${position + length}`);
      return bytes;
    },
  };
}
