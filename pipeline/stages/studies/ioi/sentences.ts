import type { Estimate } from '../../../core/studies/grouped-mean.ts';
import type { Answers } from './answers.ts';
import type { Mechanism } from './mechanism.ts';
import { meanDifference, type Scene } from './scene.ts';

/** What the study found, as one sentence. */
export function verdictSentence({ verdict, habits, solved, totals }: Answers): string {
  const all = totals.find(({ templates, story_order }) => templates === 'all' && story_order === 'both');
  if (!all) return 'No prompt was told.';
  const numbers = `receiver less giver ${logits(all.difference)} logits over all templates, right in ${all.positive} of ${all.prompts} prompts`;
  const second = [...habits.values()].filter((habit) => habit === 'second name').length;
  const habit = second > 0 ? `; on ${second} templates it names whoever was named second, in either order` : '';
  if (verdict === 'cannot do the task') {
    return `The model cannot do indirect-object identification: it solves ${solved.length} of ${habits.size} templates (${numbers})${habit}.`;
  }
  const verb = verdict === 'does the task' ? 'does' : 'does only some of';
  return `The model ${verb} indirect-object identification: it solves ${solved.length} of ${habits.size} templates (${numbers})${habit}.`;
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
    `features at the second subject: ${features.join(', ') || 'none whose effect is sure'}`,
  ];
}

const logits = ({ mean, low, high }: Estimate) => `${number(mean)} (95 % interval ${number(low)} to ${number(high)})`;

const number = (value: number) =>
  Number.isFinite(value) ? value.toFixed(2).replace('-', '−') : '∞'.padStart(value < 0 ? 2 : 1, '−');
