import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studySchema } from '../../../../pipeline/commands/study.ts';
import { formatCount } from '../../../../pipeline/effects/pace.ts';
import { silentEffects } from '../../../../pipeline/effects.ts';
import { createEngine, type Engine } from '../../../../pipeline/engine/index.ts';
import { countForwardPasses } from '../../../../pipeline/measures/studies/counted-engine.ts';
import { ioiStudy } from '../../../../pipeline/measures/studies/ioi/study.ts';
import { ioiHeads, type NewIoiHeadRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { OverBudget } from '../../../../pipeline/measures/studies/over-budget.ts';
import { loadStudyInputs, type StudyInputs } from '../../../../pipeline/measures/studies/study-inputs.ts';
import { writeIoiCase } from '../../../run/ioi-case.ts';
import { removeTemporaryFolders, temporaryFolder } from '../../../run/reference-case.ts';

let [engine, inputs]: [Engine?, StudyInputs?] = [];

beforeAll(async () => {
  const out = await temporaryFolder();
  const { model, saes } = await writeIoiCase(out);
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  inputs = await loadStudyInputs(studySchema.parse({ study: 'ioi', model, saes, out }));
});

afterAll(async () => {
  await inputs?.release();
  await removeTemporaryFolders();
});

/** The study within a number of forward tokens; what it found, and what it cost. */
async function studied(limit?: number) {
  if (!engine || !inputs) throw new Error('no inputs');
  const { model, tokenizer, saes, contextLength } = inputs;
  const { engine: counted, cost } = countForwardPasses(engine);
  const given = { model, tokenizer, saes, contextLength, modelDir: '', out: '', contexts: undefined };
  const effects = silentEffects();
  const keep = <T>(_: string, compute: () => Promise<T>) => compute();
  const result = await ioiStudy.run({ ...given, engine: counted, cost, limit, batch: 8, seed: 0, effects, keep });
  return { ...result, tokens: cost.forwardTokens };
}

type Studied = Awaited<ReturnType<typeof studied>>;
const taken = ({ settings }: Studied) => Number(settings.promptsTakenApart);
/** What heads do, by layer and head. */
const rolesOf = ({ tables }: Studied) => {
  const heads = tables.find(({ table }) => table.name === ioiHeads.name)?.rows as readonly NewIoiHeadRow[] | undefined;
  return heads?.map(({ layer, head, roles }) => [layer, head, roles]);
};

describe('the study of indirect objects within a number of forward tokens', () => {
  let whole: Studied;
  beforeAll(async () => {
    whole = await studied();
  });

  it.each([0.9, 0.5])(
    '%f of what it takes are not overspent on fewer prompts, and heads are what they are',
    async (share) => {
      const limit = Math.floor(share * whole.tokens);
      const some = await studied(limit);
      expect(some.tokens).toBeLessThanOrEqual(limit);
      expect(taken(some)).toBeGreaterThan(0);
      expect(taken(some)).toBeLessThan(taken(whole));
      expect(rolesOf(some)).toEqual(rolesOf(whole));
      expect(some.notes).toEqual([
        expect.stringMatching(
          `${taken(some)} taken apart, not ${taken(whole)}: the budget leaves it ${formatCount(limit)} forward tokens$`,
        ),
      ]);
    },
  );

  it('that are enough for asking alone, nothing is taken apart', async () => {
    const limit = Math.floor(0.1 * whole.tokens);
    const asked = await studied(limit);
    expect(asked.tokens).toBeLessThanOrEqual(limit);
    expect(asked.verdict).toMatch(/solves 15 of the 15/);
    expect([asked.settings.prompts, taken(asked), rolesOf(asked)]).toEqual([180, 0, []]);
    expect(asked.notes).toEqual([
      `180 prompts asked, not 480; 0 taken apart, not 120: the budget leaves it ${formatCount(limit)} forward tokens`,
    ]);
  });

  it('that are enough for all, nothing is left out', async () => {
    expect(await studied(10 * whole.tokens)).toEqual(whole);
  });

  it('that are too few, it says how many it takes', async () => {
    const fewest = (await studied(Math.floor(0.1 * whole.tokens))).tokens;
    await expect(studied(fewest - 1)).rejects.toThrow(new OverBudget(fewest - 1, fewest));
  });
});
