import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Effects, silentEffects } from '../pipeline/effects.ts';
import type { Model } from '../pipeline/model/model.ts';
import { tensorShapes } from '../pipeline/model/tensors.ts';
import { float32 } from '../pipeline/numbers/tensor.ts';
import { closeRecorders, openRecorders, recordActivations } from '../pipeline/record/activations.ts';
import type { ContextFile } from '../pipeline/record/context-file.ts';
import { Workspace } from '../pipeline/record/workspace.ts';
import type { Sae } from '../pipeline/sae/sae.ts';
import { aimLine, formatNumber, reportLine } from './format.ts';
import { freeEngine } from './free-engine.ts';
import { medianOf } from './median.ts';
import type { SectionOptions } from './section.ts';
import { modelConfigOf, type Shape, tokensOf } from './shape.ts';

/** SAEs of every layer of a shape, and active features of a token. */
export interface HostShape {
  readonly shape: Shape;
  readonly l0: number;
}

interface Turn {
  readonly tokensPerSecond: number;
  readonly examplesPerSecond: number;
  readonly bytesPerTokenAndLayer: number;
}

const aim = 30_000;

/** What the host takes in a second when the engine costs nothing: activations scanned, ranked and logged; attributions stored. */
export async function hostSection(host: HostShape, { rounds, folder, print }: SectionOptions): Promise<void> {
  const { shape, l0 } = host;
  const { nLayers, dSae, length, contexts } = shape;
  print(
    `\nThe host alone: ${nLayers} SAEs of ${formatNumber(dSae)} features, L0 ${l0}, ${formatNumber(contexts)} contexts of ${length}`,
  );
  const turns: Turn[] = [];
  for (let round = 0; round < rounds; round++) turns.push(await takeTurn(host, folder));
  const rate = medianOf(turns, ({ tokensPerSecond }) => tokensPerSecond);
  const met = rate >= aim;
  print(aimLine('activations', `${formatNumber(rate)} tokens/s`, { text: `${formatNumber(aim)} tokens/s`, met }));
  print(reportLine('attributions', `${formatNumber(medianOf(turns, (turn) => turn.examplesPerSecond))} examples/s`));
  const bytes = medianOf(turns, ({ bytesPerTokenAndLayer }) => bytesPerTokenAndLayer);
  print(reportLine('read back', `${formatNumber(bytes)} bytes`, 'of activations, a token and layer'));
}

async function takeTurn({ shape, l0 }: HostShape, folder: string): Promise<Turn> {
  const place = await mkdtemp(join(folder, 'host-'));
  const engine = freeEngine({ l0, dSae: shape.dSae });
  const times = new Map<string, { readonly startMs: number; endMs: number }>();
  let activationBytes = 0;
  const effects: Effects = {
    ...silentEffects(),
    progress(what) {
      const time = { startMs: performance.now(), endMs: 0 };
      times.set(what, time);
      const end = () => {
        time.endMs = performance.now();
        if (what === 'activations') activationBytes = engine.traffic.bytesRead;
      };
      return { update() {}, end };
    },
  };
  const workspace = await Workspace.open(place, 'bench');
  const model = modelOf(shape);
  const shared = { engine, model, saes: saesOf(shape), contexts: contextsOf(shape), workspace, effects };
  const options = { ...shared, batch: 16, examples: 20, segmentTokens: 16_384 };
  const recorders = await openRecorders(options);
  await recordActivations(options, recorders);
  const seconds = (what: string) => {
    const { startMs = 0, endMs = Number.NaN } = times.get(what) ?? {};
    return (endMs - startMs) / 1000;
  };
  const examples = recorders.reduce((sum, { attributions }) => sum + attributions.records, 0);
  await closeRecorders(recorders);
  await rm(place, { recursive: true });
  return {
    tokensPerSecond: tokensOf(shape) / seconds('activations'),
    examplesPerSecond: examples / seconds('attributions'),
    bytesPerTokenAndLayer: activationBytes / tokensOf(shape) / shape.nLayers,
  };
}

/** A model whose weights no one reads. */
function modelOf(shape: Shape): Model {
  const config = modelConfigOf(shape);
  return { config, weights: Object.fromEntries(Object.keys(tensorShapes(config)).map((name) => [name, float32([0])])) };
}

/** SAEs whose weights no one reads. */
function saesOf({ nLayers, dModel, dSae }: Shape): Sae[] {
  const none = float32([0]);
  return Array.from({ length: nLayers }, (_, layer): Sae => {
    const weights = { wEnc: none, bEnc: none, wDec: none, bDec: none };
    const encoding = { activation: { kind: 'relu' }, subtractDecoderBias: false } as const;
    return { id: String(layer), layer, site: 'z', dIn: dModel, dSae, ...encoding, ...weights, source: 'none' };
  });
}

function contextsOf({ contexts, length }: Shape): ContextFile {
  const tokens = new Int32Array(length);
  return {
    count: contexts,
    length,
    read: async (_, count) => new Int32Array(count * length),
    tokensOf: () => tokens,
    close: async () => {},
  };
}
