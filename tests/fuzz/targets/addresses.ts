import { isDeepStrictEqual } from 'node:util';
import { pickOne } from '../../../pipeline/numbers/seeded-random.ts';
import { contextOf } from '../../../site/explorer/example/example-query.ts';
import { decodeView } from '../../../site/explorer/url/decode-view.ts';
import { encodeView } from '../../../site/explorer/url/encode-view.ts';
import { ByteSink } from '../../../site/page-kit/byte-sink.ts';
import { Activations, decodeStrip, encodeLength, Scaled, writeNumbers } from '../../../site/page-kit/strip-codec.ts';
import { formatQuery, parseQuery } from '../../../site/search/query.ts';
import type { FuzzTarget } from '../fuzz.ts';
import { mutateText } from '../mutate.ts';

const states = [
  'text=a%20b&text2=c&position=7&layer=1&head=3&family=induction',
  'ids=4095,17,903&edits=1/1112@7:zero,1.3:mean,0/5:x0.5&target=1/1112@7,0/33@6&source=6&edge=1.3@7,2&graph=3,0.02',
];

/** What was read, written again, is read as the same. */
function sameAgain<T>(first: T, again: T): void {
  if (!isDeepStrictEqual(first, again)) {
    throw new Error(`${JSON.stringify(first)} comes back as ${JSON.stringify(again)}`);
  }
}

const explorer: FuzzTarget = {
  name: 'explorer address',
  share: 8,
  run(random) {
    const query = mutateText(random, pickOne(random, states));
    const { view } = decodeView(query);
    sameAgain(view, decodeView(encodeView(view)).view);
    contextOf(new URLSearchParams(query));
  },
};

const searches = [
  'layer=1&head=3&min=0.1&max=0.9&family=a&dead=1&promoted=x&sort=density&order=asc&page=2',
  'page=0&min=-1',
];

const search: FuzzTarget = {
  name: 'search address',
  share: 8,
  run(random) {
    const query = parseQuery(new URLSearchParams(mutateText(random, pickOne(random, searches))));
    sameAgain(query, parseQuery(new URLSearchParams(formatQuery(query).toString())));
  },
};

const strip: FuzzTarget = {
  name: 'strip',
  share: 8,
  run(random) {
    const texts = ['a', '', mutateText(random, ' words '), 'x'.repeat(70)];
    const [bySource, byHead] = [new Scaled(), new Scaled()];
    bySource.setValues([1, -0.5]);
    byHead.setValues([0, 2]);
    const activations = new Activations();
    activations.add(1);
    const numbers = { start: 7, activations, bySource, byHead };
    const sink = new ByteSink();
    writeNumbers(numbers, sink);
    const code = texts.map(encodeLength).join('') + sink.text;
    sameAgain(
      texts.map(({ length }) => length),
      [...decodeStrip(code).lengths],
    );
    decodeStrip(mutateText(random, code));
  },
};

export const addressTargets: readonly FuzzTarget[] = [explorer, search, strip];
