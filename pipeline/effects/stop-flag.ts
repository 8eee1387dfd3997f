/**
 * Asks threads to stop: each does where it next reports progress. Ended by force, within native code, a thread takes the
 * process with it.
 */
export class StopFlag {
  /** To be sent to a thread, which makes a flag of it. */
  readonly shared: Int32Array<SharedArrayBuffer>;

  constructor(shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared;
  }

  get isRaised(): boolean {
    return Atomics.load(this.shared, 0) !== 0;
  }

  raise(): void {
    Atomics.store(this.shared, 0, 1);
  }
}
