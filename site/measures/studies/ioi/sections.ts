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
    ${taken ? [pathSection(data, env), featuresSection(data, env), patchSection(data, env)] : notTaken()}
    ${methodSection(data.settings)}
  `;
}

const notTaken = () =>
  html`
    <section aria-labelledby=path>
      <h2 id=path>How it does it</h2>
      <p class=told>
        A model that does not do the task has no way of doing it to look for: heads and features were not taken apart.
        At least two templates have to be solved for that.
      </p>
    </section>
  `;
