import type { ExportConfig } from '../../commands/export.ts';
import type { SaeRow } from '../../measures/quality/table.ts';
import type { RunRecord } from '../../record/run-record.ts';
import { idText } from '../exported-saes.ts';
import type { SourceIdentity } from './records.ts';
import { sourceSuffix } from './source-suffix.ts';

/** Neuronpedia's ids of an SAE: `5-att-kk`, and `5-att-kk__16k` where a layer has several. */
export function sourceIdentity(config: ExportConfig, record: RunRecord, { sae, layer }: SaeRow): SourceIdentity {
  const suffix = sourceSuffix({ id: sae, layer });
  return {
    modelId: idText(config.modelId ?? record.model.name).toLowerCase(),
    sourceSet: config.set,
    sourceId: `${layer}-${config.set}${suffix && `__${suffix}`}`,
    creatorId: config.creatorId,
    createdAt: record.completedAt,
  };
}

/** The files of one line beside a source's batches: release, model, source set and source, as Neuronpedia's writers make them. */
export function sourceRecords(
  config: ExportConfig,
  record: RunRecord,
  sae: SaeRow,
  hasDfa: boolean,
): Readonly<Record<string, object>> {
  const { modelId, sourceSet, sourceId, creatorId, createdAt } = sourceIdentity(config, record, sae);
  const release = idText(config.release ?? `${modelId}-${sourceSet}`);
  const description = config.title ?? `Attention SAEs of ${record.model.name}`;
  const creator = { creatorName: config.creator, creatorId };
  const urls = config.url === undefined ? [] : [config.url];
  return {
    'release.jsonl': {
      ...{ name: release, description, ...creator, visibility: 'PUBLIC', isNewUi: false, featured: false },
      ...{ descriptionShort: description, urls, creatorEmail: null, creatorNameShort: config.creator },
      ...{ defaultSourceSetName: null, defaultSourceId: null, defaultUmapSourceIds: [], createdAt },
    },
    'model.jsonl': {
      ...{ id: modelId, instruct: /-(it|instruct)$/i.test(modelId), creatorId },
      ...{ displayNameShort: record.model.name, displayName: record.model.name, tlensId: null, dimension: null },
      ...{ visibility: 'PUBLIC', defaultSourceSetName: null, defaultSourceId: null, inferenceEnabled: false },
      ...{
        layers: record.model.nLayers,
        neuronsPerLayer: 0,
        createdAt,
        owner: '',
        updatedAt: createdAt,
        website: null,
      },
    },
    'sourceset.jsonl': {
      ...{ modelId, name: sourceSet, creatorId, hasDashboards: true, visibility: 'PUBLIC', description, type: '' },
      ...{ creatorName: config.creator, urls, creatorEmail: null, releaseName: release, defaultOfModelId: null },
      ...{ defaultRange: 1, defaultShowBreaks: true, showDfa: hasDfa, showCorrelated: false },
      ...{ showHeadAttribution: true, showUmap: false, createdAt },
    },
    'source.jsonl': {
      ...{ id: sourceId, modelId, setName: sourceSet, creatorId, hasDashboards: true, inferenceEnabled: false },
      ...{ inferenceHosts: [], saelensConfig: null, saelensRelease: null, saelensSaeId: null, hfRepoId: null },
      ...{ hfFolderId: null, visibility: 'PUBLIC', defaultOfModelId: null, hasUmap: false, hasUmapLogSparsity: false },
      ...{ hasUmapClusters: false, num_prompts: record.counts.contexts, num_tokens_in_prompt: record.config.context },
      ...{
        dataset: record.corpus
          .map(({ file }) => file)
          .slice(0, 5)
          .join(', '),
        notes: null,
        createdAt,
      },
    },
  };
}
