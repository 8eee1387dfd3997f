import { foreign } from './foreign-format.ts';
import type { SaeFormat } from './sae-source.ts';

/** Files that only one library's folders have, none of which is read; Qwen-Scope's are all of residual streams. */
const residualOnly = /^layer\d+\.sae\.pt$/;

/** Libraries that are known and not read. */
export const unread: SaeFormat = {
  name: 'another library',
  async find({ path, names }) {
    if (names.includes('config.json') && names.includes('sae_weights.safetensors') && !names.includes('cfg.json')) {
      throw foreign('llamascopium', 'config.json with sae_weights.safetensors', path);
    }
    return names
      .filter((name) => residualOnly.test(name))
      .map((name) => ({ path: name, of: "Qwen-Scope's residual streams" }));
  },
};
