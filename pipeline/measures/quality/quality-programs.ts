import { floatSpec, type HostTensors, intSpec, type Program, type Tensors } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { attentionStates, Transformer } from '../../model/transformer.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type Sae, saeWeights } from '../../sae/sae.ts';
import { ablatedResiduals, ablations, reconstructionSums, residualLosses } from './maths/quality.ts';

/** What the programs of the quality table are made for. */
export interface QualitySubject {
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly batch: number;
  readonly context: number;
}

/** tokens [batch, context] → reconstructionSums of each SAE, named `LAYER.mean` and so on. */
export function reconstructionProgram({ model, saes, batch, context }: QualitySubject): Program {
  const last = greatest(saes.map(({ layer }) => layer));
  return {
    name: 'reconstruction quality',
    inputs: { tokens: intSpec(batch, context) },
    weights: weightsWith(model, saes),
    body(inputs, weights) {
      const states = attentionStates(bind(model, weights), pick(inputs, 'tokens'), last);
      const named = saes.flatMap((sae) => {
        const z = states[sae.layer]?.z;
        if (!z) throw new RangeError(`no layer ${sae.layer} among ${states.length}`);
        return Object.entries(reconstructionSums(sae, weights, z)).map(([name, sum]) => [`${sae.layer}.${name}`, sum]);
      });
      return Object.fromEntries(named);
    },
  };
}

/** tokens [batch, context] and `LAYER.mean` [dIn] of each SAE → `residual`, as ablatedResiduals stacks it. */
export function ablationProgram({ model, saes, batch, context }: QualitySubject): Program {
  const means = saes.map(({ layer, dIn }) => [`${layer}.mean`, floatSpec(dIn)]);
  return {
    name: 'ablated forward passes',
    inputs: { tokens: intSpec(batch, context), ...Object.fromEntries(means) },
    weights: weightsWith(model, saes),
    body(inputs, weights) {
      const byLayer = new Map(saes.map(({ layer }) => [layer, pick(inputs, `${layer}.mean`)]));
      return { residual: ablatedResiduals(bind(model, weights), weights, saes, pick(inputs, 'tokens'), byLayer) };
    },
  };
}

/** How many residual streams ablatedResiduals stacks. */
export const variantCount = (saes: readonly Sae[]): number => 1 + saes.length * ablations.length;

/** One variant's `residual` [batch, context, dModel] and its tokens → `losses` [batch, context − 1]. */
export function lossProgram({ model, batch, context }: QualitySubject): Program {
  return {
    name: 'cross-entropy of residual streams',
    inputs: { residual: floatSpec(batch, context, model.config.dModel), tokens: intSpec(batch, context) },
    weights: model.weights,
    body: (inputs, weights) => ({
      losses: residualLosses(bind(model, weights), pick(inputs, 'residual'), pick(inputs, 'tokens')),
    }),
  };
}

const weightsWith = ({ weights }: Model, saes: readonly Sae[]): HostTensors =>
  Object.fromEntries([weights, ...saes.map(saeWeights)].flatMap((tensors) => Object.entries(tensors)));

const bind = ({ config }: Model, weights: Tensors) => new Transformer(config, weights);

function pick(tensors: Tensors, name: string) {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`input ${name} is missing`);
  return tensor;
}
