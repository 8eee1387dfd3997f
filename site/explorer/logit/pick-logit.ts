import type { LogitTarget } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import type { LogitView } from '../view.ts';

/** The view with a token's logit explained after a position, or with none where that was explained already. */
export function pickToken(logit: LogitView | null, tokenId: number, position: number | null): LogitView | null {
  if (logit?.tokenId === tokenId) return null;
  const minusTokenId = logit?.minusTokenId === tokenId ? null : (logit?.minusTokenId ?? null);
  return { position, tokenId, minusTokenId };
}

/** The view with another token's logit taken away, or no longer so. */
export function pickMinus(logit: LogitView, tokenId: number): LogitView {
  return { ...logit, minusTokenId: logit.minusTokenId === tokenId ? null : tokenId };
}

/** A logit of a prompt of so many tokens. */
export function resolveLogit(logit: LogitView, length: number): LogitTarget {
  return { ...logit, position: logit.position ?? length - 1 };
}
