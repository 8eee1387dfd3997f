import { leastSelectivity } from '../../../../pipeline/measures/studies/ioi/maths/feature-evidence.ts';
import { leastShare } from '../../../../pipeline/measures/studies/ioi/maths/roles.ts';
import { count, percent } from '../../../page-kit/format.ts';
import { type Html, html } from '../../../page-kit/html.ts';

/** How the study was made. */
export function methodSection(settings: Readonly<Record<string, unknown>>): Html {
  const of = (name: string) => count(Number(settings[name] ?? 0));
  const taken = Number(settings.promptsTakenApart ?? 0) > 0;
  return html`
    <section aria-labelledby=method class=prose>
      <h2 id=method>Method</h2>
      <p>
        The task is that of Wang, Variengien, Conmy, Shlegeris and
        Steinhardt, <a href="https://arxiv.org/abs/2211.00593">arXiv:2211.00593</a>; taking it apart by attention
        features is that of Kissane, Krzyzanowski, Bloom, Conmy and
        Nanda, <a href="https://arxiv.org/abs/2406.17759">arXiv:2406.17759</a>. Wording, names and thresholds are ours.
      </p>
      <p>
        ${of('prompts')} prompts: every template with scenes drawn by a seeded hash, each in both orders,
        with ${of('names')} names that are one token of the vocabulary. ${of('promptsThatChose')} of them choose which
        templates count as solved, and every number is measured on the
        others. Logits are those before the final soft cap of a model that has one. ${taken ? `${of('promptsTakenApart')} of these, of solved templates, are taken apart. ` : ''}Intervals
        are Student’s, 95%, over template means; those of a single template are over its prompts. Those of heads are
        widened for all heads being looked at: of the heads whose interval leaves out 0, at most one in twenty is
        expected to be chance (Benjamini and Yekutieli’s false coverage rate).
      </p>
      ${taken ? mechanism(of) : ''}
    </section>
  `;
}

function mechanism(of: (name: string) => string): Html {
  return html`
    <p class=formula>
      logits<sup>h</sup> = z<sup>h</sup> · W<sub>O</sub><sup>h</sup> · LN<sub>frozen</sub> · ( W<sub>U</sub>[receiver] −
      W<sub>U</sub>[giver] )
    </p>
    <p>
      Direct attribution is a head’s output at the last token through the final normalisation, its scale frozen.
      “Through others” is the change of the lead when a head’s output at the end is that of the same story with an
      unrelated giver, less what of the change is direct. “At S2” is the same patch at the giver’s second mention.
    </p>
    <p>
      A change at one token cannot reach the tokens before it. Only the positions from there to the end, ${of('tailPositions')}
      at most, are run again, from the changed layer up, over the keys and values of those before: ${of('tails')} such tails
      here.
      Their number is prompts × layers × (heads + active features), the features of a prompt and layer at
      most ${of('mostFeatures')}, the prompts at most ${of('mostPrompts')}.
    </p>
    <p>
      A head or feature is followed when its interval leaves out 0 and its effect is ${percent(leastShare, 1)} of the
      lead or more. A position feature has a mean activation at
      least ${((1 + leastSelectivity) / (1 - leastSelectivity)).toFixed(0)} times as large in one order as in the other.
      Patches of several layers at once add each layer’s own change of activation.
    </p>
  `;
}
