import type { PassResult } from '../protocol.ts';

/** How well a pass foresaw the token after a position. */
export interface NextToken {
  readonly tokenId: number;
  readonly loss: number;
  /** Its probability, e^−loss. */
  readonly probability: number;
  /** Place among the predictions, from 1; null where it is not among those listed. */
  readonly rank: number | null;
}

/** Null at the last position, which nothing follows. */
export function nextToken(
  ids: readonly number[],
  { predictions, losses }: PassResult,
  position: number,
): NextToken | null {
  const tokenId = ids[position + 1];
  const loss = losses[position];
  if (tokenId === undefined || loss === undefined) return null;
  const place = predictions[position].findIndex((prediction) => prediction.tokenId === tokenId);
  return { tokenId, loss, probability: Math.exp(-loss), rank: place < 0 ? null : place + 1 };
}

/** Mean cross-entropy over the predicted positions, in nats; NaN where there is none. */
export function meanLoss({ losses }: PassResult): number {
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
