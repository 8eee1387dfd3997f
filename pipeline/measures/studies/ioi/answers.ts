import { type Answer, behaviourOf, type Habit, habitOf, type Verdict, verdictOf } from './maths/behaviour.ts';
import { orders } from './maths/dataset.ts';
import type { Seen } from './snapshots.ts';
import type { NewIoiAnswerRow, NewIoiTotalRow } from './table.ts';

/** How a model answers the unchanged prompts: habits by the first scenes of each template, rows and totals on the others. */
export interface Answers {
  readonly verdict: Verdict;
  readonly habits: ReadonlyMap<number, Habit>;
  /** Templates that are solved. */
  readonly solved: readonly number[];
  readonly rows: readonly NewIoiAnswerRow[];
  readonly totals: readonly NewIoiTotalRow[];
}

/** What a template's first scenes choose is measured on its others: a solved template's lead would else be the luck that chose it. */
export function judgeAnswers(seen: readonly Seen[], choosingScenes: number): Answers {
  const choosing = seen.filter(({ prompt }) => prompt.scene < choosingScenes);
  const measured = seen.filter(({ prompt }) => prompt.scene >= choosingScenes);
  const all = measured.map(answerOf);
  const byTemplate = Map.groupBy(choosing.map(answerOf), ({ template }) => template);
  const habits = new Map([...byTemplate].map(([id, own]) => [id, habitOf(own)]));
  const solved = [...habits].filter(([, habit]) => habit === 'solves it').map(([template]) => template);
  return {
    verdict: verdictOf(all, habits),
    habits,
    solved,
    rows: [...habits].flatMap(([template, habit]) => rowsOf(measured, template, habit)),
    totals: [
      ...totalsOf('all', all),
      ...totalsOf(
        'solved',
        all.filter(({ template }) => solved.includes(template)),
      ),
    ],
  };
}

const answerOf = ({ prompt: { template, order }, difference }: Seen): Answer => ({ template, order, difference });

/** Scenes of one template are its sample: the interval of a row is over prompts. */
function rowsOf(seen: readonly Seen[], template: number, habit: Habit): NewIoiAnswerRow[] {
  return orders.map((order) => {
    const own = seen.filter(({ prompt }) => prompt.template === template && prompt.order === order);
    const { difference, right, prompts } = behaviourOf(
      own.map((each, scene) => ({ ...answerOf(each), template: scene })),
    );
    const best = own.filter(({ best, prompt }) => best === prompt.io).length;
    const prompt = own.at(0)?.prompt;
    const told = { example: prompt?.text ?? '', receiver: prompt?.cast.io ?? '', giver: prompt?.cast.s ?? '' };
    return { template, story_order: order, habit, ...told, difference, positive: right, best, prompts };
  });
}

function totalsOf(templates: string, answers: readonly Answer[]): NewIoiTotalRow[] {
  if (answers.length === 0) return [];
  return ['ABBA', 'BABA', 'both'].map((order) => {
    const own = answers.filter((answer) => order === 'both' || answer.order === order);
    const { difference, right, prompts } = behaviourOf(own);
    const template_count = new Set(own.map(({ template }) => template)).size;
    return { templates, story_order: order, template_count, difference, positive: right, prompts };
  });
}
