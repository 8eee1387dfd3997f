import { describe, expect, it, test } from 'vitest';
import { attr, bytesOf, html, isNothing, joined, kept, nothing, tagOf } from '../../../site/page-kit/html.ts';

const hostile = `<b a="1" c='2'>&amp;`;

describe('a value', () => {
  it('between tags is escaped as text, and keeps its quotes', () => {
    expect(html`<p>${hostile}</p>`.text).toBe(`<p>&lt;b a="1" c='2'&gt;&amp;amp;</p>`);
  });

  it('in a quoted attribute cannot end it, whichever the quotes and wherever in it', () => {
    expect(html`<a title="${hostile}">`.text).toBe('<a title="&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;">');
    expect(html`<a title='x ${'"'} ${"'"}' b=1>`.text).toBe(`<a title='x &quot; &#39;' b=1>`);
  });

  it('that is markup stays as it is, in lists too', () => {
    expect(html`<ul>${['a', 'b'].map((name) => html`<li>${name}`)}</ul>`.text).toBe('<ul><li>a<li>b</ul>');
    expect(html`${[['<'], html`<br>`]}`.text).toBe('&lt;<br>');
  });

  it('that is nothing prints nothing, and numbers print', () => {
    expect(html`<i>${undefined}${null}${false}${''}${nothing}</i>`.text).toBe('<i></i>');
    expect(html`<i class=a${0} title="${-1.5}">${12n}</i>`.text).toBe('<i class=a0 title="-1.5">12</i>');
  });
});

describe('without quotes', () => {
  it('a value that is one word is put as it is', () => {
    expect(html`<i class=w${'50'} id=${'x-1'}>${'y'}</i>`.text).toBe('<i class=w50 id=x-1>y</i>');
  });

  it.each(['', 'a b', '"', "'", '>', '<', '=', '`', '&', '\n'])('the value %j is refused', (value) => {
    expect(() => html`<i class=${value}>`).toThrow('without quotes');
    expect(() => html`<i class=a${value} b>`).toThrow('without quotes');
  });
});

describe('among the attributes of a tag', () => {
  it('only attributes may be put', () => {
    const isHere = true;
    expect(html`<a${isHere && attr` class=here title="${'"'}"`} href="/">`.text).toBe(
      '<a class=here title="&quot;" href="/">',
    );
    expect(html`<a href=/${false && attr` class=here`}>`.text).toBe('<a href=/>');
    for (const value of ['onclick=x', html`<b>`, 1]) expect(() => html`<a ${value}>`).toThrow('tag part');
  });

  it('attributes may not be put elsewhere, nor markup into an attribute', () => {
    expect(() => html`<p>${attr`class=x`}</p>`).toThrow('text part');
    expect(() => html`<p class="${html`<b>`}">`).toThrow('quoted part');
  });
});

test('lines are joined as in JSX: by a space between words, by nothing beside a tag or a value', () => {
  const section = html`
    <section id=x
      class=y>
      <h2>Two
        words</h2>
      ${'a'}
      ${'b'}
      <p>
        c <b>d</b>
        e
      </p>
    </section>
  `;
  expect(section.text).toBe('<section id=x class=y><h2>Two words</h2>ab<p>c <b>d</b>e</p></section>');
});

test('a line break inside an attribute is a space', () => {
  expect(
    html`<i title="one
    ${2}
    three">`.text,
  ).toBe('<i title="one 2 three">');
});

test('where a value would be no text, the template is refused', () => {
  expect(() => html`<${'script'}>`).toThrow('where none may be');
  expect(() => html`</${'p'}>`).toThrow('tag part');
  expect(() => html`<!-- ${'x'} -->`).toThrow('where none may be');
  expect(() => html`<script>${'x'}</script>`).toThrow('where none may be');
  expect(() => html`<p class="`).toThrow('ends inside a tag');
  expect(html`<!-- <a b="> --><p>${'<'}</p>`.text).toBe('<!-- <a b="> --><p>&lt;</p>');
  expect(html`1 < 2 <= ${'<'}`.text).toBe('1 < 2 <= &lt;');
});

test('markup cannot be put into a string by mistake', () => {
  expect(() => `${html`<p>`}`).toThrow('markup was put into a string');
  expect(() => [html`<p>`].join('')).toThrow('markup was put into a string');
});

test('pieces are joined with text or markup between', () => {
  expect(joined(['<', html`<b>`, 'c'], ', ').text).toBe('&lt;, <b>, c');
  expect(joined(['a', 'b'], html`<br>`).text).toBe('a<br>b');
  expect(isNothing(joined([], ', '))).toBe(true);
});

test('a template prints its own texts, however many were made since', () => {
  const first = html`<i title="é">${'<'}</i>`;
  const later = Array.from({ length: 100 }, (_, i) =>
    tagOf({ from: 'text', start: `${i}${'é'.repeat(1000)}`, holes: [{ context: 'text', after: `${i}` }] })(['&']),
  );
  expect(first.text).toBe('<i title="é">&lt;</i>');
  expect(new TextDecoder().decode(bytesOf(first))).toBe(first.text);
  for (const [i, markup] of later.entries()) expect(markup.text).toBe(`${i}${'é'.repeat(1000)}&amp;${i}`);
});

test('markup that is kept prints as it did, and is taken apart as it was made', () => {
  const made = html`<b>${'<'}</b>`;
  const again = kept(made);
  expect(html`${again}${again}`.text).toBe('<b>&lt;</b><b>&lt;</b>');
  const taken: unknown[] = [];
  again.accept({ template: (_, values) => taken.push(...values), drawing: () => taken.push('drawing') });
  expect(taken).toEqual(['<']);
});

test('numbers print as JavaScript prints them, a negative zero and the largest integers among them', () => {
  const numbers = [0, -0, 7, -10, 999, 100_000, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1e21, 0.1, Number.NaN];
  for (const number of numbers) expect(html`${number}`.text).toBe(String(number));
});

test('markup is nothing only where neither its texts nor its values print anything', () => {
  const none = [html``, html`${''}${[undefined, [html`${false}`]]}`, kept(html``)];
  expect(none.map(isNothing)).toEqual([true, true, true]);
  const some = [html`<br>`, html`${0}`, html`${[[], 'a']}`, html`${''}!`, kept(html`<br>`)];
  expect(some.map(isNothing)).toEqual([false, false, false, false, false]);
});
