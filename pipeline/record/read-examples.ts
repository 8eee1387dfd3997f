import { contextOfToken } from '../numbers/token-place.ts';
import type { StoredAttribution } from './attribution-log.ts';
import type { ContextFile } from './context-file.ts';
import type { LayerRecorder } from './layer-recorder.ts';

/** A feature's top examples, with their contexts and attributions. */
export function readExamples(recorder: LayerRecorder, feature: number, contexts: ContextFile): ReadExample[] {
  const top = recorder.top.of(feature);
  const attributions = recorder.attributions.read(top.map(({ record }) => record));
  return attributions.map((attribution, rank) => {
    const { token, value } = top[rank];
    return { token, value, tokens: contexts.tokensOf(contextOfToken(token, contexts.length)), ...attribution };
  });
}

/** A top example with all that was stored of it. */
export interface ReadExample extends StoredAttribution {
  readonly token: number;
  readonly value: number;
  /** Its whole context. */
  readonly tokens: Int32Array;
}
