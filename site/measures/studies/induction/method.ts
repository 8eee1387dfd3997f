import { inductionThresholds } from '../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';
import { count, percent } from '../../../page-kit/format.ts';
import { type Html, html } from '../../../page-kit/html.ts';

/** How the study was made, with the numbers that it was made with. */
export function methodSection(settings: Readonly<Record<string, unknown>>): Html {
  const of = (name: string) => count(Number(settings[name] ?? 0));
  const { attention, share, examples } = inductionThresholds;
  return html`
    <section aria-labelledby=method class=prose>
      <h2 id=method>Method</h2>
      <p>
        After Kissane, Krzyzanowski, Bloom, Conmy and
        Nanda, <a href="https://arxiv.org/abs/2406.17759">arXiv:2406.17759</a>, who asked why GPT-2 Small has two
        induction heads in one layer, 5.1 and 5.5. The thresholds are ours.
      </p>
      <p>
        Sequences of ${of('length')} tokens: the beginning-of-sequence token, then ordinary tokens drawn from the
        vocabulary without repeats, of which a run of 1 to ${of('prefixes')}, the prefix, is said once more at the very
        end. What stood after it the first time is the right answer. The token before the prefix is another each time,
        so that exactly the prefix matches. ${of('examples')} sequences of each length.
      </p>
      <p class=formula>
        logits<sup>h</sup> = z<sup>h</sup> · W<sub>O</sub><sup>h</sup> · LN<sub>frozen</sub> · ( W<sub>U</sub>[answer] −
        mean W<sub>U</sub> )
      </p>
      <p>
        A head’s direct logit attribution is its output at the last position through the final normalisation, its scale
        held at its value there, and the unembedding, less the mean over the vocabulary. Over all heads, with
        embeddings, MLPs and biases, it sums to the model’s own logit less the mean logit.
      </p>
      <p>
        A head attends by induction when its greatest mean attention is ${attention} or more. It
        is <b>short-prefix</b> when one matching token gives it ${percent(share, 2)} of that or
        more, <b>long-prefix</b> when it gives less. Where a 95% interval holds the threshold, or fewer
        than ${examples} sequences of a length could be made, it says that there is too little evidence.
      </p>
    </section>
  `;
}
