import { describe, expect, it } from 'vitest';
import { silentEffects } from '../../../pipeline/effects.ts';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { cutContexts } from '../../../pipeline/measures/families/cut-contexts.ts';
import { openFamilies } from '../../../pipeline/measures/families/families.ts';
import { computeLogitEffects } from '../../../pipeline/measures/logits/logits.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { LayerRecorder } from '../../../pipeline/record/layer-recorder.ts';
import { sampleOfTokens } from '../../../pipeline/record/sample.ts';
import { StoredParts } from '../../../pipeline/record/stored-parts.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { rotaryCases } from '../../model/rotary-cases.ts';
import { memoryContexts } from '../studies/memory-contexts.ts';

const [length, dIn, dSae] = [24, 24, 4];

function silentSae(layer: number): Sae {
  return {
    id: String(layer),
    layer,
    site: 'z',
    dIn,
    dSae,
    activation: { kind: 'relu' },
    subtractDecoderBias: false,
    wEnc: float32([dIn, dSae]),
    bEnc: float32([dSae]),
    wDec: float32([dSae, dIn]),
    bDec: float32([dIn]),
    source: '',
  };
}

/** Notes what is asked for, of which another thread has taken some. */
class SharedWork extends StoredParts {
  readonly events: string[] = [];
  readonly #elsewhere: ReadonlySet<string>;

  constructor(out: string, elsewhere: readonly string[]) {
    super(out);
    this.#elsewhere = new Set(elsewhere);
  }

  override claim(names: readonly string[]): ReadonlySet<string> {
    return new Set(names.filter((name) => this.#elsewhere.has(name)));
  }

  override async read<T>(name: string): Promise<T | undefined> {
    this.events.push(name);
    return super.read<T>(name);
  }
}

describe('contexts cut short by a run with a companion', () => {
  it('are cut before those that the companion cuts are waited for', async () => {
    const folder = await temporaryFolder();
    const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
    const [{ model }] = rotaryCases();
    const contexts = memoryContexts([new Int32Array(length)]);
    const promoting = [];
    for (const sae of [silentSae(0), silentSae(1)]) {
      const recorder = await LayerRecorder.open({ engine, model, sae, length, examples: 2, folder });
      promoting.push({ recorder, logits: await computeLogitEffects(engine, model, sae) });
    }
    const parts = new SharedWork(folder, ['context-cuts-0']);
    const effects = {
      ...silentEffects(),
      progress(label: string) {
        parts.events.push(label);
        return { update() {}, end() {} };
      },
    };
    const families = openFamilies(sampleOfTokens(contexts, 1), model.config, String);
    const { bySae } = await cutContexts({ engine, model, contexts, examples: 1, families, effects, parts }, promoting);
    for (const { recorder } of promoting) await recorder.close();
    expect(parts.events).toEqual([
      ...['context-cuts', 'context-cuts-1', 'context cuts'],
      ...['context-cuts-0', 'context cuts'],
    ]);
    expect([...bySae.keys()].sort()).toEqual(['0', '1']);
  });
});
