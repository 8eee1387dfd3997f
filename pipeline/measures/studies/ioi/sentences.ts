import type { Estimate } from '../../../numbers/grouped-mean.ts';
import type { Answers } from './answers.ts';
import type { Mechanism } from './mechanism.ts';
import { meanDifference, type Scene } from './scene.ts';

/** What the study found, as one sentence. */
export function verdictSentence({ verdict, habits, solved, totals }: Answers): string {
  const all = totals.find(({ templates, story_order }) => templates === 'all' && story_order === 'both');
  if (!all) return 'No template fits the model.';
  const second = [...habits.values()].filter((habit) => habit === 'second name').length;
  const does = verdict === 'does the task' ? 'does' : 'cannot do';
  const solves = `solves ${solved.length} of the ${habits.size} IOI templates`;
  return (
    (verdict === 'does it on some templates'
      ? `The model ${solves}.`
      : `The model ${does} indirect-object identification: it ${solves}.`) +
    ` Over all of them, on prompts other than those that chose these, the receiver’s lead over the giver is ${logits(all.difference)} logits, and it is above 0 in ${all.positive} of ${all.prompts} prompts` +
    `${second > 0 ? `; on ${second} templates the model answers with whoever is named second` : ''}.`
  );
}

/** What is printed of the mechanism. */
export function mechanismLines(scene: Scene, { chosen, roles }: Mechanism): string[] {
  const heads = roles.map(({ head: { layer, head }, role }) => `${layer}.${head} ${role}`).join(', ');
  const features = chosen.map(
    ({ evidence: { layer, feature, effect }, role }) => `${layer}/${feature} (${role}, ${logits(effect)})`,
  );
  return [
    `on the templates solved: ${logits(meanDifference(scene))} logits over ${scene.snapshots.length} prompts`,
    `heads: ${heads || 'none whose effect is sure'}`,
    ...(scene.saes.length > 0
      ? [`features at the second subject: ${features.join(', ') || 'none whose effect is sure'}`]
      : []),
  ];
}

const logits = ({ mean, low, high }: Estimate) => `${number(mean)} (95% interval ${number(low)} to ${number(high)})`;

const number = (value: number) =>
  Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '∞'.padStart(value < 0 ? 2 : 1, '−');
