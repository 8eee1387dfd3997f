import type { Change } from '../../../pipeline/attribution/interventions.ts';
import type { AttentionEdge } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import type { Edit, GenerationSettings, Target } from '../protocol.ts';
import {
  type ExplorerView,
  type GraphView,
  type LogitView,
  type NodeGroup,
  type PromptInput,
  patternViews,
  ranks,
} from '../view.ts';

export interface DecodedView {
  readonly view: ExplorerView;
  /** What of the query made no sense and was left out, a sentence each. */
  readonly notices: readonly string[];
}

/** Reads what `encodeView` writes (its file says the form). Unknown keys are ignored. */
export function decodeView(query: string): DecodedView {
  const params = new URLSearchParams(query);
  const notices: string[] = [];

  function read<T>(name: string, parse: (text: string) => T | null, expected: string): T | null {
    const text = params.get(name);
    const value = text === null ? null : parse(text);
    if (text !== null && value === null) notices.push(`${name} is “${shorten(text)}”, expected ${expected}: left out.`);
    return value;
  }

  function readAll<T>(name: string, parse: (text: string) => T | null, expected: string): T[] {
    return params.getAll(name).flatMap((text) => {
      const value = parse(text);
      if (value === null) notices.push(`${name} is “${shorten(text)}”, expected ${expected}: left out.`);
      return value === null ? [] : [value];
    });
  }

  function prompt(suffix: string): PromptInput | null {
    const ids = read(`ids${suffix}`, listOf(parseIndex), 'token ids such as 4095,17,903');
    const text = params.get(`text${suffix}`);
    return ids ? { ids } : text === null ? null : { text };
  }

  const second = prompt('2');
  const view: ExplorerView = {
    prompts: [prompt('') ?? { text: '' }, ...(second ? [second] : [])],
    position: read('position', parseIndex, 'a number such as 7'),
    layer: read('layer', parseIndex, 'a number such as 1'),
    head: read('head', parseIndex, 'a number such as 3'),
    family: params.get('family') || null,
    rank: read('rank', oneOf(ranks), 'activation, logit or ablation') ?? 'activation',
    patterns: read('patterns', oneOf(patternViews), 'before, after or change') ?? 'before',
    saes: read('saes', listOf(parseSaeId), 'ids of SAEs such as 1-32k,3-out') ?? [],
    edits: read('edits', listOf(parseEdit), 'changes such as 1/1112@7:zero,1.3:mean,0/5:x0.5') ?? [],
    generation: read('generate', parseGeneration, 'tokens, a temperature and a seed such as 20,0.7,0'),
    target: {
      trail: read('target', listOf(parseTarget), 'features at positions such as 1/1112@7,0/33@6') ?? [],
      source: read('source', parseIndex, 'a position such as 6'),
      edge: read('edge', parseEdge, 'a head, a destination and a source such as 1.3@7,2'),
      logit: read('logit', parseLogit, 'one or two token ids such as 412-315@7'),
      marks: {
        pins: read('pins', listOf(parseNodeId), 'nodes such as feature.1.239.10,mlp.1.10') ?? [],
        groups: readAll('group', parseGroup, 'nodes and a name such as mlp.0.10,mlp.1.10:MLPs'),
        pinnedOnly: read('shown', oneOf(['pinned']), 'pinned') !== null,
      },
      graph: read('graph', parseGraph, 'a depth and a share such as 3,0.02'),
    },
  };
  return { view, notices };
}

const SHOWN = 40;
const shorten = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text).toWellFormed();

/** All of a list or nothing of it: what is left of a broken one would mean something else. */
function listOf<T>(parse: (text: string) => T | null): (text: string) => readonly T[] | null {
  return (text) => {
    const items = text.split(',').map(parse);
    const whole = items.filter((item) => item !== null);
    return whole.length === items.length ? whole : null;
  };
}

const oneOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): T | null =>
    known.find((each) => each === text) ?? null;

function parseIndex(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function parseTarget(text: string): Target | null {
  const [, layer, feature, position] = text.match(/^(\d{1,9})\/(\d{1,9})@(\d{1,9})$/) ?? [];
  if (position === undefined) return null;
  return { layer: Number(layer), feature: Number(feature), position: Number(position) };
}

function parseEdge(text: string): AttentionEdge | null {
  const [, layer, head, destination, source] = text.match(/^(\d{1,9})\.(\d{1,9})@(\d{1,9}),(\d{1,9})$/) ?? [];
  if (source === undefined || Number(source) > Number(destination)) return null;
  return { layer: Number(layer), head: Number(head), destination: Number(destination), source: Number(source) };
}

function parseGraph(text: string): GraphView | null {
  const [, maxDepth, share, ofLogit] = text.match(/^(\d{1,2}),([\d.e-]+)(,logit)?$/) ?? [];
  const minShare = Number(share);
  if (!(minShare >= 0 && minShare <= 1)) return null;
  return { root: ofLogit ? 'logit' : 'feature', maxDepth: Number(maxDepth), minShare: Math.abs(minShare) };
}

function parseLogit(text: string): LogitView | null {
  const [, token, minus, place] = text.match(/^(\d{1,9})(?:-(\d{1,9}))?(?:@(\d{1,9}))?$/) ?? [];
  if (token === undefined || token === minus) return null;
  const maybe = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
  return { position: maybe(place), tokenId: Number(token), minusTokenId: maybe(minus) };
}

const parseSaeId = (text: string): string | null => (/^[\w.-]{1,120}$/.test(text) ? text : null);

const parseNodeId = (text: string): string | null => (/^[a-z_]{1,20}(\.\d{1,9}){0,3}$/.test(text) ? text : null);

function parseGroup(text: string): NodeGroup | null {
  const end = text.indexOf(':');
  const ids = end < 0 ? null : listOf(parseNodeId)(text.slice(0, end));
  const name = text.slice(end + 1);
  return ids && name.trim() !== '' ? { name, ids } : null;
}

function parseGeneration(text: string): GenerationSettings | null {
  const [, tokenCount, temperature, seed] = text.match(/^(\d{1,4}),(\d[\d.]*),(\d{1,9})$/) ?? [];
  const settings = { tokenCount: Number(tokenCount), temperature: Number(temperature), seed: Number(seed) };
  return settings.tokenCount > 0 && settings.temperature < 100 && seed !== undefined ? settings : null;
}

function parseEdit(text: string): Edit | null {
  const [, layer, mark, unit, place, action = ''] = text.match(/^(\d{1,9})([/.])(\d{1,9})(?:@(\d{1,9}))?:(.+)$/) ?? [];
  const change = parseAction(action);
  if (!change) return null;
  const where = { layer: Number(layer), position: place === undefined ? null : Number(place) };
  if (mark === '/') return { ...change, ...where, kind: 'feature', feature: Number(unit) };
  return change.action === 'add' ? null : { ...change, ...where, kind: 'head', head: Number(unit) };
}

function parseAction(text: string): Change | null {
  if (text === 'zero' || text === 'mean') return { action: text };
  const [, mark, digits] = text.match(/^(x|add)(-?\d.*)$/) ?? [];
  const value = Number(digits) + 0; // no −0, which is written as 0
  if (!Number.isFinite(value)) return null;
  return mark === 'x' ? { action: 'scale', factor: value } : { action: 'add', amount: value };
}
