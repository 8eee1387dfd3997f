import { habitShare } from '../../../../pipeline/measures/studies/ioi/maths/behaviour.ts';
import type { IoiAnswerRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type FigureColumn, figureTable } from '../../../page-kit/figure-table.ts';
import { percent } from '../../../page-kit/format.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import { type IoiData, totalOf } from './data.ts';
import { domainOf, estimateCell, intervalStrip, logits, withInterval } from './estimate.ts';
import { estimateColumns } from './estimate-columns.ts';

/** Each habit in words, in the order in which templates are listed. */
const HABITS: Readonly<Record<string, string | undefined>> = {
  'solves it': 'solved',
  'second name': 'whoever is named second',
  'first name': 'whoever is named first',
  giver: 'the giver',
  neither: 'no fixed habit',
};

/** Whether the model does the task: every template, in both orders. */
export function answersSection(data: IoiData): Html {
  const groups = [...Map.groupBy(data.answers, ({ template }) => template).values()];
  const names = Object.keys(HABITS);
  const rank = (rows: readonly IoiAnswerRow[]) => names.indexOf(rows[0].habit);
  const sorted = groups.toSorted((a, b) => rank(a) - rank(b));
  const domain = domainOf(data.answers.map(({ difference }) => difference));
  return html`
    <section aria-labelledby=answers>
      <h2 id=answers>Does it do the task?</h2>
      <div class=told><p>${task(sorted[0]?.[0])}</p>${summary(data, groups)}</div>
      ${legend()}
      <div class=scroll tabindex=0 role=region aria-label="Answers by template">
        <table class="grid answers" aria-label="Answers by template">
          <thead>
            <tr>
              <th scope=col>A prompt of each template</th>
              <th scope=col>Receiver less giver, logits<br>${axis(domain)}</th>
              <th scope=col>ABBA</th>
              <th scope=col>BABA</th>
              <th scope=col>Right, of prompts</th>
              <th scope=col class=words>It answers</th>
            </tr>
          </thead>
          <tbody>${sorted.map((rows) => templateRow(rows, domain))}</tbody>
        </table>
      </div>
      ${answersTable(sorted.flat())}
    </section>
  `;
}

const answerColumns: readonly FigureColumn<IoiAnswerRow>[] = [
  { name: 'Prompt', key: 'example', value: ({ example }) => example },
  { name: 'Template', key: 'template', value: ({ template }) => template },
  { name: 'Order', key: 'story_order', value: ({ story_order }) => story_order },
  ...estimateColumns<IoiAnswerRow>('Receiver less giver', 'difference', ({ difference }) => difference),
  { name: 'Right', key: 'positive', value: ({ positive }) => positive },
  { name: 'Receiver first of all tokens', key: 'best', value: ({ best }) => best },
  { name: 'Prompts', key: 'prompts', value: ({ prompts }) => prompts },
  { name: 'It answers', key: 'habit', value: ({ habit }) => habit, show: ({ habit }) => HABITS[habit] ?? habit },
];

const answersTable = (rows: readonly IoiAnswerRow[]): Html =>
  figureTable({ name: 'Answers by template and order', file: 'ioi-answers', columns: answerColumns, rows });

function task(row: IoiAnswerRow | undefined): Html {
  if (!row) return html`No template fits the model.`;
  return html`
    <q>${storyOf(row)} …</q> The one who gives has been named again, so the other receives: the next name should
    be <b class=receiver>${row.receiver}</b>. Scored is the logit of the <b class=receiver>receiver</b> less that of
    the <b class=giver>giver</b>. In the order ABBA the receiver is named first, in BABA the giver, so that no place in
    the sentence gives the answer away.
  `;
}

function summary(data: IoiData, groups: readonly (readonly IoiAnswerRow[])[]): Html {
  const [both, abba, baba] = ['both', 'ABBA', 'BABA'].map((order) => totalOf(data, 'all', order));
  if (!both || !abba || !baba) return nothing;
  const having = (habit: string) => groups.filter(([row]) => row?.habit === habit).length;
  const [second, first] = [having('second name'), having('first name')];
  const habits = [
    second > 0 ? ` On ${second} it answers with whoever is named second, whatever the order.` : '',
    first > 0 ? ` On ${first} it answers with whoever is named first, whatever the order.` : '',
  ];
  return html`
    <p>
      Over all ${both.template_count} templates the difference
      is ${withInterval(both.difference)}: ${withInterval(abba.difference)} in ABBA, ${withInterval(baba.difference)} in
      BABA. The receiver has the higher logit in ${both.positive} of ${both.prompts} prompts
      (${percent(both.positive / both.prompts, 2)}). It solves ${having('solves it')} templates, which is to say that at
      least ${percent(habitShare)} of other prompts, not counted here, are right in either order.${habits}
    </p>
  `;
}

const legend = () => html`<p class=key><span class=abba>ABBA</span> <span class=baba>BABA</span></p>`;

const axis = ([low, high]: readonly [number, number]) =>
  html`<span class=axis><span>${logits(low)}</span><span>${logits(high)}</span></span>`;

function templateRow(rows: readonly IoiAnswerRow[], domain: readonly [number, number]): Html {
  const [abba, baba] = ['ABBA', 'BABA'].map((order) => rows.find((row) => row.story_order === order));
  if (!abba || !baba) return nothing;
  const marks = [
    { ...abba.difference, kind: 'abba' },
    { ...baba.difference, kind: 'baba' },
  ];
  const right = html`${abba.positive} + ${baba.positive} <small>of ${abba.prompts + baba.prompts}</small>`;
  return html`
    <tr>
      <th scope=row>${storyOf(abba)} …</th>
      <td>${intervalStrip(marks, domain)}</td>
      <td data-of=ABBA>${estimateCell(abba.difference)}</td>
      <td data-of=BABA>${estimateCell(baba.difference)}</td>
      <td data-of=right>${right}</td>
      <td class=words>${HABITS[abba.habit] ?? abba.habit}</td>
    </tr>
  `;
}

/** A prompt with its two people marked. */
function storyOf({ example, receiver, giver }: IoiAnswerRow): Html {
  const parts = example.split(/\b/).map((part) => {
    if (part === receiver) return html`<b class=receiver>${part}</b>`;
    return part === giver ? html`<b class=giver>${part}</b>` : part;
  });
  return html`${parts}`;
}
