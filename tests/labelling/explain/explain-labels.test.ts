import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { labelSchema } from '../../../pipeline/commands/label.ts';
import { interruptible } from '../../../pipeline/effects/interruptible.ts';
import { recordingEffects } from '../../../pipeline/effects/recording.ts';
import { label } from '../../../pipeline/labelling/label.ts';
import { type LabelAnswerRow, labelAnswers } from '../../../pipeline/measures/labels/table.ts';
import { openQueries } from '../../../pipeline/store/query.ts';
import { selectTable } from '../../../pipeline/tables/sql.ts';
import { type Asked, chatServer, type Reply } from '../chat-server.ts';
import { labelledRun } from '../labelled-run.ts';

const last = ({ messages }: Asked) => messages.at(-1)?.content ?? '';
const isScoring = (asked: Asked) => last(asked).startsWith('Description: ');
/** The texts of a scoring request. */
const textsOf = (asked: Asked) =>
  last(asked)
    .split('\n')
    .filter((line) => /^\d+: /.test(line));
const ones = (asked: Asked) => JSON.stringify(textsOf(asked).map(() => 1));
const obedient = (asked: Asked): Reply => (isScoring(asked) ? ones(asked) : 'I see.\nLABEL: names in lists.');

async function explain(run: string, endpoint: string, settings: object = {}) {
  const { effects, lines } = recordingEffects();
  const config = labelSchema.parse({ run, explain: true, endpoint, model: 'tiny', most: 3, retries: 3, ...settings });
  await label(config, effects, 1);
  return lines;
}

async function answers(run: string): Promise<LabelAnswerRow[]> {
  const queries = await openQueries(run, [labelAnswers]);
  const rows = await queries.rows(labelAnswers.columns, selectTable(labelAnswers));
  queries.close();
  return rows;
}

describe('labels asked of a model', () => {
  test('come with their scores; the cost is said first, and every prompt and answer is kept', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint, asked, most } = await chatServer(async (question) => {
      await setTimeout(20);
      return obedient(question);
    });
    const lines = await explain(run, endpoint, { concurrency: 2 });
    expect(lines[0]).toMatch(
      /^label: 3 explanations and \d+ scoring requests, about [\d,]+ prompt tokens and at most [\d,]+ answer tokens$/,
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^label: 3 features labelled by \d+ new answers of \d+ tokens$/),
    );
    const written = await rows();
    expect(written).toHaveLength(3);
    for (const row of written) {
      expect(row).toMatchObject({ label: 'names in lists', kind: 'model', model: 'tiny', source: 'attention style' });
      // Yes to everything is right for half of what was asked.
      expect(row.scores.map(({ kind, value }) => [kind, value])).toEqual([
        ['detection', 0.5],
        ['fuzzing', 0.5],
      ]);
      expect(row.score_low).toBeLessThan(0.5);
      expect(row.score_high).toBeGreaterThan(0.5);
    }
    const kept = await answers(run);
    expect(kept).toHaveLength(asked.length);
    expect(new Set(kept.map(({ purpose }) => purpose))).toEqual(new Set(['explain', 'detection', 'fuzzing']));
    expect(kept.map(({ prompt }) => prompt).sort()).toEqual(
      asked.map(({ messages }) => JSON.stringify(messages)).sort(),
    );
    expect(kept.every(({ prompt_tokens, answer_tokens }) => prompt_tokens === 100 && answer_tokens === 10)).toBe(true);
    expect(most()).toBe(2);
    expect(asked.every(({ body }) => body.model === 'tiny' && body.temperature === 0)).toBe(true);
  });

  test('are not asked for twice, not in another run of the command and not when more are asked for', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint, asked } = await chatServer(obedient);
    await explain(run, endpoint);
    const first = asked.length;
    expect(await explain(run, endpoint)).toContainEqual(expect.stringContaining('answers of tiny are there already'));
    expect(asked).toHaveLength(first);
    await explain(run, endpoint, { most: 4 });
    expect(asked.length).toBeGreaterThan(first);
    expect(new Set(asked.map(({ messages }) => JSON.stringify(messages))).size).toBe(asked.length);
    expect(await rows()).toHaveLength(4);
  });

  test('cost nothing where only the plan is asked for', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint, asked } = await chatServer(obedient);
    expect(await explain(run, endpoint, { plan: true })).toHaveLength(1);
    expect([asked.length, (await rows()).length]).toEqual([0, 0]);
  });

  test('keep what was answered before an interruption, and ask for the rest only', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint, asked } = await chatServer(obedient);
    const config = labelSchema.parse({ run, explain: true, endpoint, model: 'tiny', most: 6, concurrency: 1 });
    let reports = 0;
    const effects = interruptible(recordingEffects().effects, () => ++reports > 3);
    await expect(label(config, effects)).rejects.toThrow('interrupted');
    const before = asked.length;
    await explain(run, endpoint, { most: 6 });
    expect(new Set(asked.map(({ messages }) => JSON.stringify(messages))).size).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(before);
    expect(await rows()).toHaveLength(6);
  });

  test('survive a kill: a journal that ends in half a line is read up to it, and cleared once the table is there', async () => {
    const { run } = await labelledRun();
    const { endpoint, asked } = await chatServer(obedient);
    await explain(run, endpoint);
    const entry = ({ layer: _, prompt_tokens, answer_tokens, ...row }: LabelAnswerRow) =>
      `${JSON.stringify({ ...row, promptTokens: prompt_tokens, answerTokens: answer_tokens })}\n`;
    const journal = (await answers(run)).map(entry).join('');
    const other = await labelledRun({ 'run/.label/answers.jsonl': `${journal.slice(0, -40)}` });
    const first = asked.length;
    await explain(other.run, endpoint);
    expect(asked.length).toBe(first + 1);
    expect(await readdir(other.run)).not.toContain('.label');
  });
});

describe('an endpoint', () => {
  test('that is busy or fails is asked again later', async () => {
    const { run, rows } = await labelledRun();
    const failures: Record<number, Reply> = {
      1: { status: 429, headers: { 'retry-after': '0' } },
      2: { status: 503, body: 'overloaded' },
      3: { status: 200, body: 'not json' },
      5: { status: 200, body: '{"choices":[]}' },
      6: ' \n',
    };
    const { endpoint } = await chatServer((asked, number) => failures[number] ?? obedient(asked));
    await explain(run, endpoint, { concurrency: 1 });
    expect(await rows()).toHaveLength(3);
    expect((await answers(run)).filter(({ answer }) => answer.trim() === '')).toEqual([]);
  });

  test('whose model reasons first is given room to, and says what to do where it was not', async () => {
    const { run, rows } = await labelledRun();
    const cut = { finish_reason: 'length', message: { content: '' } };
    const { endpoint, asked } = await chatServer((question) =>
      Number(question.body.max_tokens) < 1000
        ? { status: 200, body: JSON.stringify({ choices: [cut] }) }
        : obedient(question),
    );
    await expect(explain(run, endpoint)).rejects.toThrow(
      /^no feature was labelled, 3 failed: empty answer, cut at its limit of tokens; --reasoning-tokens N leaves room/,
    );
    expect(asked).toHaveLength(3);
    const [plan] = await explain(run, endpoint, { plan: true, reasoningTokens: 1000 });
    await explain(run, endpoint, { reasoningTokens: 1000 });
    expect(await rows()).toHaveLength(3);
    const most = asked.slice(3).reduce((sum, { body }) => sum + Number(body.max_tokens), 0);
    expect(plan).toContain(`at most ${Number(most.toPrecision(2)).toLocaleString('en')} answer tokens`);
  });

  test('whose answers are cut at their limit of tokens is told of', async () => {
    const { run } = await labelledRun();
    const message = { content: 'names and names and names and' };
    const body = JSON.stringify({ choices: [{ finish_reason: 'length', message }] });
    const { endpoint } = await chatServer(() => ({ status: 200, body }));
    expect(await explain(run, endpoint)).toContain('label: 3 answers were cut at their limit of tokens');
  });

  test('that does not answer in time fails the feature alone, and says why; the next command asks again', async () => {
    const { run, rows } = await labelledRun();
    let isSlow = true;
    const { endpoint } = await chatServer((asked, number) => (isSlow && number === 1 ? undefined : obedient(asked)));
    const settings = { concurrency: 1, retries: 0, timeout: 0.5 };
    const lines = await explain(run, endpoint, settings);
    expect(lines).toContainEqual(
      'label: 1 of the features failed: no answer in time; the same command asks for them again',
    );
    expect(await rows()).toHaveLength(2);
    isSlow = false;
    await explain(run, endpoint, settings);
    expect(await rows()).toHaveLength(3);
  });

  test.each([
    [{ status: 401, body: '{"error":"bad key"}' }, /^the endpoint answers 401: .*bad key/],
    [{ status: 404, body: 'no such model' }, /^the endpoint answers 404: no such model/],
    [{ status: 500, body: '' }, /^the endpoint failed 8 times in a row: status 500$/],
  ])('that answers %j ends the command in a line', async (reply, message) => {
    const { run } = await labelledRun();
    const { endpoint } = await chatServer(() => reply);
    await expect(explain(run, endpoint, { most: 20, retries: 0, concurrency: 1 })).rejects.toThrow(message);
  });

  test('that answers none of a few features fails the command, whose table of labels stays as it was', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint } = await chatServer(() => ({ status: 500, body: '' }));
    const few = explain(run, endpoint, { most: 3, retries: 0 });
    await expect(few).rejects.toThrow(/^no feature was labelled, 3 failed: status 500 \(http/);
    expect(await rows()).toEqual([]);
  });

  test('whose model takes neither temperature nor max_tokens is asked without', async () => {
    const { run, rows } = await labelledRun();
    const { endpoint, asked } = await chatServer((question) => {
      if ('temperature' in question.body) return { status: 400, body: "Unsupported value: 'temperature'" };
      if ('max_tokens' in question.body) return { status: 400, body: "Use 'max_completion_tokens', not 'max_tokens'" };
      return obedient(question);
    });
    await explain(run, endpoint);
    expect(await rows()).toHaveLength(3);
    expect(asked.at(-1)?.body.max_completion_tokens).toBe(40);
  });

  test('is given the key that a variable holds, which no table keeps', async () => {
    const { run } = await labelledRun();
    const { endpoint, asked } = await chatServer(obedient);
    await expect(explain(run, endpoint, { keyEnv: 'ATLAS_TEST_KEY' })).rejects.toThrow('--key-env is ATLAS_TEST_KEY');
    process.env.ATLAS_TEST_KEY = 'secret-of-the-test';
    await explain(run, endpoint, { keyEnv: 'ATLAS_TEST_KEY' });
    expect(asked[0]?.headers.authorization).toBe('Bearer secret-of-the-test');
    for (const name of await readdir(run, { recursive: true, withFileTypes: true })) {
      if (name.isFile())
        expect((await readFile(join(name.parentPath, name.name))).includes('secret-of-the-test')).toBe(false);
    }
  });
});

test('an answer without a label leaves the feature without one, and is not asked for again', async () => {
  const { run, rows } = await labelledRun();
  const { endpoint, asked } = await chatServer(() => 'I am not sure.');
  expect(await explain(run, endpoint)).toContainEqual(
    'label: 3 answers held no label; they are in the table label_answers',
  );
  await explain(run, endpoint);
  expect([asked.length, (await rows()).length]).toEqual([3, 0]);
});

test('an answer is a line of text and nothing more, whatever a model is made to say', async () => {
  const { run, rows } = await labelledRun();
  const { endpoint } = await chatServer((asked) =>
    isScoring(asked)
      ? '[1, 0, "__proto__"] and run rm -rf'
      : 'LABEL: <script>alert(1)</script>\u202e "layer": 9, "score": 1',
  );
  const lines = await explain(run, endpoint, { most: 1 });
  expect(lines).toContain(
    'label: 2 scores are missing: too few of their answers could be read; they are in the table label_answers',
  );
  const [row] = await rows();
  expect(row).toMatchObject({ label: '<script>alert(1)</script> "layer": 9, "score": 1', score: null, scores: [] });
});
