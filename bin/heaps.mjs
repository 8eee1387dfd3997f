const MiB = 1 << 20;

/**
 * What glibc is told of every Node that we start, unless the user says otherwise. It gives each thread a heap of its own, whose
 * free parts no other uses: there are two in all. Arrays of up to 32 MiB lie in them, and what is freed between others stays
 * there for a while: from 8 MiB on each is mapped apart, and is gone when it is freed. A heap's free end stays until memory is
 * given back, each second of a run: without a word about that it would be given back and asked for again all the time.
 */
export const heaps = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(8 * MiB),
  MALLOC_TRIM_THRESHOLD_: String(64 * MiB),
};
