import type { AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { counted } from '../../page-kit/counted.ts';
import { nameText } from '../../page-kit/feature-name.ts';
import { percent, signed } from '../../page-kit/format.ts';
import type { PromptTokens } from '../protocol.ts';
import type { LabelOf } from '../view.ts';
import { tokenAt } from './circuit-view.ts';
import { componentName } from './component-names.ts';
import { groupName } from './mark-graph.ts';

/** A node of the graph in a sentence; `whole` is what the root's parts sum to. */
export function describeNode(
  node: AttributionNode,
  { whole, name = componentName(node) }: { readonly whole: number; readonly name?: string },
  tokens: PromptTokens,
  labels: LabelOf,
): string {
  const { kind, layer, feature, position, attribution, remainder, pruned } = node;
  const label = kind === 'feature' && !groupName(node) ? labels(layer ?? 0, feature ?? 0) : undefined;
  const said = nameText(label?.name()) || (label?.family ?? '');
  const place = position === null ? '' : ` at ${tokenAt(tokens, position)} (${position})`;
  const rest = pruned === null ? '' : `; ${signed(remainder)} in ${counted(pruned, 'smaller term')}`;
  return `${name}${said === '' ? '' : `, ${said},`}${place}: ${signed(attribution)}, ${percent(attribution / whole, 2)} of the root${rest}`;
}
