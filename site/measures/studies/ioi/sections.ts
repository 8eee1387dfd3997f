import { leastSolved } from '../../../../pipeline/measures/studies/ioi/maths/behaviour.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { answersSection } from './answers-section.ts';
import type { IoiData } from './data.ts';
import { featuresSection } from './features-section.ts';
import { methodSection } from './method.ts';
import { patchSection } from './patch-section.ts';
import { pathSection } from './path-section.ts';

/** The page of the study of indirect objects; nothing where it could not be put to the model. */
export function ioiSections(data: IoiData, env: PageEnv): Html {
  if (data.answers.length === 0) return nothing;
  const taken = data.heads.length > 0;
  return html`
    ${answersSection(data)}
    ${taken ? [pathSection(data, env), featuresSection(data, env), patchSection(data, env)] : notTaken(data)}
    ${methodSection(data.settings)}
  `;
}

function notTaken({ answers }: IoiData): Html {
  const solved = new Set(answers.filter(({ habit }) => habit === 'solves it').map(({ template }) => template)).size;
  return html`
    <section aria-labelledby=path>
      <h2 id=path>How it does it</h2>
      <p class=told>${solved < leastSolved ? notSolved : noRoom}</p>
    </section>
  `;
}

const notSolved = html`
  A model that does not do the task has no way of doing it to look for: heads and features were not taken apart. At least
  two templates have to be solved for that.
`;
const noRoom = html`
  The run’s budget of forward tokens had no room for taking heads and features apart; <code>atlas study ioi</code> does it
  without one.
`;
