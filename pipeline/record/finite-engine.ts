import { callable } from '../engine/flat-program.ts';
import type { Engine } from '../engine/program.ts';
import { flatValues } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import type { HostTensor } from '../numbers/tensor.ts';

/**
 * An engine whose programs stop at the first output that is not finite. Outputs that a caller has room for are its own to
 * check: it knows which layer and token they are of.
 */
export function finiteEngine(engine: Engine): Engine {
  return {
    ...engine,
    async compile(program) {
      const compiled = await engine.compile(program);
      return callable(async (inputs, into = {}) => {
        const outputs = await compiled(inputs, into);
        const checked = new Map(flatValues<HostTensor>(program.outputs, outputs));
        for (const [name] of flatValues(program.outputs, into)) checked.delete(name);
        for (const [name, tensor] of checked) requireFinite(program.name, name, tensor);
        return outputs;
      }, compiled.dispose);
    },
  };
}

function requireFinite(program: string, name: string, tensor: HostTensor): void {
  if (tensor.dtype !== 'float32') return;
  const at = firstNonFinite(tensor.data);
  if (at >= 0) throw new NonFinite(`${name}[${placeIn(tensor, at)}] of the program “${program}”`, tensor.data[at]);
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
