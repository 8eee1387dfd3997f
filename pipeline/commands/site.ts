import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { base, maybeFolder, outFolder, url } from '../config/shared-fields.ts';
import { text } from '../config/value-kinds.ts';

export const siteSchema = z.strictObject({
  run: field(text('a folder that atlas run wrote'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'tables that run wrote',
  }),
  out: outFolder('where the site goes'),
  base,
  url,
  bulk: field(z.enum(['auto', 'always', 'never'], { error: 'expected auto, always or never' }).optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'WHEN',
    help: 'write pages in bulk: auto (above 4,000 feature pages), always, never',
  }),
  pack: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'feature pages in compressed packs that a page an SAE draws, for hosts that limit files or bytes',
  }),
  gzip: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'write a gzip file beside every text of the site, for hosts that serve them',
  }),
  brotli: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'the same with brotli',
  }),
  explorer: field(z.boolean({ error: 'expected true or false' }).default(true), {
    affects: 'nothing',
    kind: 'switch',
    help: 'leave out the circuit explorer, and the model and SAEs that it is published with',
  }),
  explorerWeights: field(z.enum(['exact', 'float16'], { error: 'expected exact or float16' }).default('exact'), {
    affects: 'nothing',
    kind: 'text',
    value: 'HOW',
    help: 'weights that the explorer is published with: exact, or float16 (half the download; float32 is rounded)',
  }),
  data: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'offer the tables of features, heads, SAEs and labels as Parquet, in data/',
  }),
  json: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'write what the page of a feature or a head shows as JSON beside it, some 30 kB a feature; not with pack',
  }),
  model: maybeFolder('the run’s model, where it has moved', 'inputs'),
  saes: maybeFolder('the run’s SAEs, where they have moved', 'inputs'),
});
export type SiteConfig = z.infer<typeof siteSchema>;

export const siteCommand = {
  name: 'site',
  summary: 'tables → static site',
  schema: siteSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
