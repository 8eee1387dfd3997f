import { callable } from '../../engine/flat-program.ts';
import type { Engine } from '../../engine/program.ts';

export interface ForwardCost {
  forwardPasses: number;
  forwardTokens: number;
}

/** An engine that counts: each run of a program that takes `tokens` [rows, length] is a forward pass of as many tokens. */
export function countForwardPasses(engine: Engine): { engine: Engine; cost: ForwardCost } {
  const cost = { forwardPasses: 0, forwardTokens: 0 };
  return {
    cost,
    engine: {
      ...engine,
      async compile(program) {
        const compiled = await engine.compile(program);
        const tokens = Object.entries(program.inputs).find(([name]) => name === 'tokens')?.[1];
        const [rows = 0, length = 0] = Array.isArray(tokens?.shape) ? tokens.shape : [];
        return callable((inputs, into) => {
          if (tokens) cost.forwardPasses++;
          cost.forwardTokens += rows * length;
          return compiled(inputs, into);
        }, compiled.dispose);
      },
    },
  };
}
