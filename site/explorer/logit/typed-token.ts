import { labelledText, tokenLabel } from '../../page-kit/token-text.ts';
import type { ExplorerSession } from '../protocol.ts';

/** The one token that a reader typed, as it is (` John`) or as pages print it (`·John`); else what the text is. */
export async function typedToken(
  session: Pick<ExplorerSession, 'tokenize'>,
  text: string,
  bosTokenId: number,
): Promise<number | { readonly fault: string }> {
  const [asTyped, ...others] = await Promise.all(
    [...new Set([text, labelledText(text), ` ${labelledText(text)}`])].map((way) => tokensOf(session, way, bosTokenId)),
  );
  const spaced = others.at(-1);
  const found = [asTyped, ...others.slice(0, -1)].find(({ ids }) => ids.length === 1);
  if (found) return found.ids[0];
  const labels = asTyped.texts.map(tokenLabel).join(' ');
  const hint = spaced?.ids.length === 1 ? ` “${spaced.texts.map(tokenLabel).join('')}” is one.` : '';
  return { fault: `“${text}” is ${asTyped.ids.length} tokens, ${labels}: one is needed.${hint}` };
}

async function tokensOf(session: Pick<ExplorerSession, 'tokenize'>, text: string, bosTokenId: number) {
  const { ids, texts } = await session.tokenize(text);
  const start = ids[0] === bosTokenId ? 1 : 0;
  return { ids: ids.slice(start), texts: texts.slice(start) };
}
