import { floatSpec, type HostTensors, intSpec, type Program, type Tensors } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { attentionStates, Transformer } from '../../model/transformer.ts';
import { greatest } from '../../numbers/extremes.ts';
import { type Sae, saeWeights } from '../../sae/sae.ts';
import { siteInput } from '../../sae/site.ts';
import { ablatedResiduals, ablations, contextMeans, reconstructionSums, residualLosses } from './maths/quality.ts';

/** What the programs of the quality table are made for. */
export interface QualitySubject {
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly batch: number;
  readonly context: number;
}

/** tokens [batch, context] → reconstructionSums of each SAE, named `ID.mean` and so on; of one after W_O also `ID.meanZ`, the mean z [batch, nHeads·dHead]. */
export function reconstructionProgram({ model, saes, batch, context }: QualitySubject): Program {
  const last = greatest(saes.map(({ layer }) => layer));
  return {
    name: 'reconstruction quality',
    inputs: { tokens: intSpec(batch, context) },
    weights: weightsWith(model, saes),
    body(inputs, weights) {
      const transformer = bind(model, weights);
      const states = attentionStates(transformer, pick(inputs, 'tokens'), last);
      const named = saes.flatMap((sae) => {
        const z = states[sae.layer]?.z;
        if (!z) throw new RangeError(`no layer ${sae.layer} among ${states.length}`);
        const x = siteInput(transformer.layer(sae.layer), sae.site, z);
        const sums = {
          ...reconstructionSums(sae, weights, x),
          ...(sae.site === 'z' ? {} : { meanZ: contextMeans(z) }),
        };
        return Object.entries(sums).map(([name, sum]) => [`${sae.id}.${name}`, sum]);
      });
      return Object.fromEntries(named);
    },
  };
}

/** tokens [batch, context] and `ID.mean` [dIn] of each SAE → `residual`, as ablatedResiduals stacks it. */
export function ablationProgram({ model, saes, batch, context }: QualitySubject): Program {
  const means = saes.map(({ id, dIn }) => [`${id}.mean`, floatSpec(dIn)]);
  return {
    name: 'ablated forward passes',
    inputs: { tokens: intSpec(batch, context), ...Object.fromEntries(means) },
    weights: weightsWith(model, saes),
    body(inputs, weights) {
      const byId = new Map(saes.map(({ id }) => [id, pick(inputs, `${id}.mean`)]));
      return { residual: ablatedResiduals(bind(model, weights), weights, saes, pick(inputs, 'tokens'), byId) };
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
