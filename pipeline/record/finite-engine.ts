import type { Engine, HostTensors, Program } from '../engine/program.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import type { HostTensor } from '../numbers/tensor.ts';

/**
 * An engine whose programs stop at the first output that is not finite. Outputs that a caller has room for are its own to
 * check: it knows which layer and token they are of.
 */
export function finiteEngine(engine: Engine): Engine {
  return {
    backend: engine.backend,
    async compile(program) {
      const executable = await engine.compile(program);
      return {
        async run(inputs, into) {
          const outputs = await executable.run(inputs, into);
          checkOutputs(program, outputs, into);
          return outputs;
        },
        dispose: () => executable.dispose(),
      };
    },
  };
}

function checkOutputs({ name: program }: Program, outputs: HostTensors, into: HostTensors = {}): void {
  for (const [name, tensor] of Object.entries(outputs)) {
    if (into[name] !== undefined || tensor.dtype !== 'float32') continue;
    const at = firstNonFinite(tensor.data);
    if (at >= 0) throw new NonFinite(`${name}[${placeIn(tensor, at)}] of the program “${program}”`, tensor.data[at]);
  }
}

/** An index into a tensor's data as one index an axis. */
function placeIn({ shape }: HostTensor, index: number): string {
  const place: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place.join(', ');
}
