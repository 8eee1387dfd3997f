import { greatest } from '../../../numbers/extremes.ts';
import { budgetNote } from '../over-budget.ts';
import { filled, type Study, type StudyJob, type StudyResult } from '../study.ts';
import { mostAblated } from './ablate-features.ts';
import { allScenes, mechanismTokens, mostPrompts, takingApart, tellingsAsked } from './afford.ts';
import { type Answers, judgeAnswers } from './answers.ts';
import { type Dataset, makeDataset, type Telling } from './maths/dataset.ts';
import { substitutes, templates } from './maths/wording.ts';
import { findMechanism, type Mechanism } from './mechanism.ts';
import { edgeRows, featureRows, headRows, patchRows } from './rows.ts';
import { type Corruption, corruptions, type Scene } from './scene.ts';
import { mechanismLines, verdictSentence } from './sentences.ts';
import { promptBatch, type Seen, seePrompts, takeSnapshots } from './snapshots.ts';
import * as tables from './table.ts';
import { openTails } from './tail-runner.ts';

/**
 * Indirect-object identification: how a model answers, and, on the templates that it solves, how, on prompts
 * other than those that chose these; heads alone where there are no SAEs. At most 1,200 prompts;
 * of p ≤ 120 prompts with f ≤ 256 features active at S2 in each of L layers of H heads, p·(L·(2·H + f + 5) + 110) tails
 * of some six positions, each from its layer up, packed 128 positions to a run. Memory: p·L·length·2·nHeads·dHead floats,
 * 0.2 GB for GPT-2 Small.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 5; Wang et al. 2022, arXiv:2211.00593.
 */
export const ioiStudy: Study = {
  async run(job) {
    const { model, tokenizer, seed } = job;
    const { nContext, bosTokenId } = model.config;
    const whole = makeDataset({
      encode: tokenizer.encode,
      bosTokenId,
      nContext,
      scenes: allScenes.choosing + allScenes.measured,
      seed,
    });
    const dataset = { ...whole, tellings: tellingsAsked(job, whole) };
    const seen = await seePrompts(
      reading(job, 0),
      dataset.tellings.map(({ clean }) => clean),
    );
    const answers = judgeAnswers(seen, allScenes.choosing);
    const tellings = answers.verdict === 'cannot do the task' ? [] : await tellingsTaken(job, dataset, answers, seen);
    const scene = tellings.length > 0 ? await openScene(job, dataset, tellings) : undefined;
    const mechanism = scene ? await findMechanism(scene) : undefined;
    scene?.progress.end();
    await scene?.tails.dispose();
    const result = resultOf(dataset, answers, scene, mechanism);
    return {
      ...result,
      notes: [...result.notes, ...budgetNotes(job, { whole, dataset, answers, taken: tellings.length })],
    };
  },
};

const reading = ({ engine, model, saes }: StudyJob, tail: number) => ({
  engine,
  model,
  shape: { batch: promptBatch, tail, saes },
});

/** Scenes of each solved template that are taken apart, where no limit asks for fewer. */
const mostScenes = ({ solved }: Answers): number =>
  Math.max(1, Math.min(allScenes.measured, Math.floor(mostPrompts / (2 * solved.length))));

/** The first scenes of each solved template that did not choose it, as many as there is room for. */
async function tellingsTaken(
  job: StudyJob,
  dataset: Dataset,
  answers: Answers,
  seen: readonly Seen[],
): Promise<Telling[]> {
  const measured = dataset.tellings.filter(({ clean: { scene } }) => scene >= allScenes.choosing);
  const some = (scenes: number) =>
    answers.solved.flatMap((template) =>
      measured.filter(({ clean }) => clean.template === template).slice(0, 2 * scenes),
    );
  const most = mostScenes(answers);
  if (job.limit === undefined) return some(most);
  const ofSolved = seen.filter(({ prompt }) => some(most).some(({ clean }) => clean === prompt));
  const byPrompt = await takingApart(job, ofSolved, dataset.length);
  for (let scenes = most; scenes > 0; scenes--) {
    const tellings = some(scenes);
    if (job.cost.forwardTokens + mechanismTokens(job.model, tellings, byPrompt) <= job.limit) return tellings;
  }
  return [];
}

/** The tellings with their forward passes. */
async function openScene(job: StudyJob, dataset: Dataset, tellings: readonly Telling[]): Promise<Scene> {
  const clean = tellings.map((telling) => telling.clean);
  const tail = greatest(clean.map(({ places }) => places.end - places.s2 + 1));
  const { engine, model, saes } = job;
  const progress = job.effects.progress('ioi', model.config.nLayers + 1, 'layers');
  const cost = { tails: 0 };
  return {
    ...{ engine, model, saes },
    snapshots: await takeSnapshots(reading(job, tail), clean),
    changed: await seeChanged(job, tellings),
    groups: { templates: clean.map(({ template }) => template), orders: clean.map(({ order }) => order) },
    tail,
    tails: openTails({ engine, model, places: saes, length: dataset.length, cost, forward: job.cost }),
    cost,
    keep: job.keep,
    progress,
  };
}

/** The same tellings with one thing changed, run together. */
async function seeChanged(job: StudyJob, tellings: Dataset['tellings']): Promise<Map<Corruption, Seen[]>> {
  const prompts = corruptions.flatMap((corruption) => tellings.map((telling) => telling[corruption]));
  const seen = await seePrompts(reading(job, 0), prompts);
  return new Map(
    corruptions.map((corruption, i) => [corruption, seen.slice(i * tellings.length, (i + 1) * tellings.length)]),
  );
}

function resultOf(dataset: Dataset, answers: Answers, scene?: Scene, mechanism?: Mechanism): StudyResult {
  return {
    tables: [
      filled(tables.ioiAnswers, answers.rows),
      filled(tables.ioiTotals, answers.totals),
      filled(tables.ioiFeatures, scene && mechanism ? featureRows(scene, mechanism) : []),
      filled(tables.ioiHeads, mechanism ? headRows(mechanism) : []),
      filled(tables.ioiEdges, scene && mechanism ? edgeRows(scene, mechanism) : []),
      filled(tables.ioiPatches, scene && mechanism ? patchRows(scene, mechanism) : []),
    ],
    settings: {
      ...{ mostPrompts, mostFeatures: mostAblated },
      prompts: dataset.tellings.length,
      promptsThatChose: dataset.tellings.filter(({ clean }) => clean.scene < allScenes.choosing).length,
      promptsTakenApart: scene?.snapshots.length ?? 0,
      longestPrompt: dataset.length,
      tails: scene?.cost.tails ?? 0,
      tailPositions: scene?.tail ?? 0,
      replacesAnd: dataset.substitute,
      names: dataset.names.length,
    },
    verdict: verdictSentence(answers),
    lines: scene && mechanism ? mechanismLines(scene, mechanism) : [],
    notes: notesOf(dataset, scene, mechanism),
  };
}

function notesOf({ templates: told, substitute }: Dataset, scene?: Scene, mechanism?: Mechanism): string[] {
  const leftOut = templates.length - told.length;
  const [wanted] = substitutes;
  return [
    ...(scene?.saes.length === 0 ? ['No SAEs were given, so that heads were taken apart and features were not.'] : []),
    ...(leftOut > 0 ? [`${leftOut} of ${templates.length} templates do not fit the model and are left out.`] : []),
    ...(substitute === wanted
      ? []
      : [`“${substitute}” replaces “and” where “${wanted}” would, which is not one token of this vocabulary.`]),
    ...(mechanism && mechanism.cut > 0
      ? [`In ${mechanism.cut} cases more than ${mostAblated} features were active; the weakest were not ablated.`]
      : []),
  ];
}

interface Asked {
  /** All that would be asked, and what was. */
  readonly whole: Dataset;
  readonly dataset: Dataset;
  readonly answers: Answers;
  /** Prompts taken apart. */
  readonly taken: number;
}

/** What a budget has left of the study. */
function budgetNotes({ limit }: Pick<StudyJob, 'limit'>, { whole, dataset, answers, taken }: Asked): string[] {
  if (limit === undefined) return [];
  const [asked, all] = [dataset.tellings.length, whole.tellings.length];
  const most = answers.verdict === 'cannot do the task' ? 0 : 2 * answers.solved.length * mostScenes(answers);
  const less = [
    ...(asked < all ? [`${asked} prompts asked, not ${all}`] : []),
    ...(taken < most ? [`${taken} taken apart, not ${most}`] : []),
  ];
  return budgetNote(limit, less);
}
