/** Where a value goes: between tags, into an attribute's value with or without quotes, or among a tag's attributes. */
export type Context = 'text' | 'quoted' | 'unquoted' | 'tag';

export interface Template {
  /** What it is part of: an element's content, or a tag. */
  readonly from: 'text' | 'tag';
  readonly start: string;
  /** What each value is put into, and the text from there to the next. */
  readonly holes: readonly { readonly context: Context; readonly after: string }[];
}

/** Where the reader of a template is: as a context, with a tag's `=` and the two quotes told apart. */
type State = 'text' | 'tag' | 'value' | 'unquoted' | '"' | "'";

const contexts: Readonly<Record<State, Context>> = {
  text: 'text',
  tag: 'tag',
  value: 'unquoted',
  unquoted: 'unquoted',
  '"': 'quoted',
  "'": 'quoted',
};

/** A template's texts with the context of each value between them. Throws Error where no value may be put. */
export function parseTemplate(strings: readonly string[], from: Template['from']): Template {
  const [first = '', ...rest] = strings;
  const { text: start, state: atFirst } = readText(first, from);
  let state = atFirst;
  const holes = rest.map((piece) => {
    const context = contexts[state];
    const read = readText(piece, state === 'value' ? 'unquoted' : state);
    state = read.state;
    return { context, after: read.text };
  });
  const ended = contexts[state] === 'unquoted' ? 'tag' : state;
  if (ended !== from) throw new Error(`a template ends inside a tag: ${strings.join('…')}`);
  return { from, start, holes };
}

const GAP = /\s*\n\s*/y;
/** What cannot have a value inside: a comment, or an element whose text is no markup. */
const CLOSED = /<!--[\s\S]*?-->|<(script|style)\b[^>]*>[\s\S]*?<\/\1>/iy;
const OPEN = /<!|<(?:script|style)\b|<$|<(?=<)/iy;

function readText(piece: string, from: State): { readonly text: string; readonly state: State } {
  let state = from;
  let text = '';
  for (let at = 0; at < piece.length; ) {
    const gap = matchAt(GAP, piece, at);
    const closed = state === 'text' ? matchAt(CLOSED, piece, at) : '';
    if (state === 'text' && !closed && matchAt(OPEN, piece, at)) throw new Error(`a value where none may be: ${piece}`);
    const character = piece.charAt(at);
    const read = gap || closed || character;
    at += read.length;
    text += gap ? joint(state, text.at(-1), piece[at]) : read;
    if (!closed) state = next(state, gap ? ' ' : character, piece.charAt(at));
  }
  return { text, state };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/**
 * What a line break with the indentation around it stands for, as in JSX: a space between words, nothing beside a tag or
 * a value. So markup can be indented and costs a page no bytes.
 */
function joint(state: State, before: string | undefined, after: string | undefined): string {
  if (state !== 'text') return after === '>' ? '' : ' ';
  return before === undefined || after === undefined || before === '>' || after === '<' ? '' : ' ';
}

function next(state: State, character: string, following: string): State {
  if (state === 'text') return character === '<' && /[a-z/]/i.test(following) ? 'tag' : 'text';
  if (state === '"' || state === "'") return character === state ? 'tag' : state;
  if (character === '>') return 'text';
  if (state === 'tag') return character === '=' ? 'value' : 'tag';
  if (/\s/.test(character)) return state === 'value' ? 'value' : 'tag';
  if (state === 'value' && (character === '"' || character === "'")) return character;
  return 'unquoted';
}
