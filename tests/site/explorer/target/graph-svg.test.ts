import { Resvg } from '@resvg/resvg-js';
import { expect, test } from 'vitest';
import { hostileTokens } from '../../../../bench/synthetic/hostile-tokens.ts';
import { shortName } from '../../../../site/explorer/target/component-names.ts';
import { graphLayout } from '../../../../site/explorer/target/graph-layout.ts';
import { type GraphDrawing, graphSvg } from '../../../../site/explorer/target/graph-svg.ts';
import { xmlText } from '../../../../site/explorer/target/xml-text.ts';
import { exampleGraph, exampleNodes } from './example-graph.ts';

const layout = graphLayout(exampleGraph);
const noncharacters = ['\ufffe', '\uffff', '\ud800', '\u0008'];

function drawing(part: Partial<GraphDrawing> = {}): GraphDrawing {
  const tokens = Array.from({ length: 10 }, (_, i) => `token ${i}`);
  return {
    title: 'A',
    description: 'B',
    tokens,
    trail: new Set(),
    pins: new Set(),
    name: shortName,
    called: () => '',
    describe: () => 'a node',
    ...part,
  };
}

test.each([...hostileTokens, ...noncharacters])('with %j in it the file is XML, of the layout’s size', (text) => {
  const tokens = Array.from({ length: 10 }, () => text);
  const { text: svg } = graphSvg(
    layout,
    drawing({ title: text, description: text, tokens, describe: () => text, called: () => text }),
  );
  // A strict XML parser: it throws where the text is not well-formed.
  const { width, height } = new Resvg(svg, { font: { loadSystemFonts: false } });
  expect([width, height]).toEqual([Math.ceil(layout.width), Math.ceil(layout.height)]);
});

test('the file needs nothing from outside: no style sheet, no address, generic fonts', () => {
  const svg = graphSvg(layout, drawing()).text;
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/href|url\(|http|<style|style=/);
  expect(new Set([...svg.matchAll(/font-family="([^"]*)"/g)].map(([, family]) => family))).toEqual(
    new Set(['sans-serif', 'monospace']),
  );
  expect(svg).toMatch(/^<svg [^>]*><title>A<\/title><desc>B<\/desc>/);
});

test('every node is there once, and every edge says who reads whom through which head', () => {
  const svg = graphSvg(layout, drawing()).text;
  const ids = [...svg.matchAll(/data-node="([^"]*)"/g)].map(([, id]) => id);
  expect(ids.toSorted()).toEqual(exampleGraph.nodes.map(({ id }) => id).toSorted());
  expect(svg).toContain('<title>2/5 reads 1/7 through head 2.2: +5.00</title>');
  expect(svg).toContain('<title>2/5 reads constant: −0.500</title>');
});

test('the full disc has the share of the area that no child carries', () => {
  const svg = graphSvg(layout, drawing()).text;
  const { root, aside } = exampleNodes;
  const radiiOf = (id: string) => {
    const [group = ''] = svg.split(`data-node="${id}"`).slice(1);
    return [...(group.split('</g>')[0] ?? '').matchAll(/ r="([\d.]+)"/g)].map(([, r]) => Number(r));
  };
  const [outer = 0, inner = 0] = radiiOf(root.id);
  expect((inner / outer) ** 2).toBeCloseTo(root.remainder / root.attribution, 2);
  expect(new Set(radiiOf(aside.id)).size).toBe(1);
});

test('what is on the trail has a ring, and lines along it are stronger', () => {
  const { root, through } = exampleNodes;
  const svg = graphSvg(layout, drawing({ trail: new Set([root.id, through.id]) })).text;
  expect(svg.match(/class="ring"/g)).toHaveLength(2);
  expect(svg.match(/stroke-opacity="0.95"/g)).toHaveLength(1);
});

test('characters that XML cannot hold are replaced', () => {
  expect(xmlText('a\u0000b\ud800')).toBe('a\ufffdb\ufffd');
});
