import type { Engine } from '../../engine/program.ts';

export interface ForwardCost {
  forwardPasses: number;
  forwardTokens: number;
}

/** An engine that counts: each run of a program that takes `tokens` [rows, length] is a forward pass of as many tokens. */
export function countForwardPasses(engine: Engine): { engine: Engine; cost: Readonly<ForwardCost> } {
  const cost = { forwardPasses: 0, forwardTokens: 0 };
  return {
    cost,
    engine: {
      backend: engine.backend,
      async compile(program) {
        const executable = await engine.compile(program);
        const [rows = 0, length = 0] = program.inputs.tokens?.shape ?? [];
        return {
          run(inputs, into) {
            if (program.inputs.tokens) cost.forwardPasses++;
            cost.forwardTokens += rows * length;
            return executable.run(inputs, into);
          },
          dispose: () => executable.dispose(),
        };
      },
    },
  };
}
