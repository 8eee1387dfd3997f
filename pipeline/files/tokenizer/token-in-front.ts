import { z } from 'zod';

const special = z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) });
const template = z.looseObject({
  type: z.literal('TemplateProcessing'),
  single: z.array(z.unknown()),
  special_tokens: z.record(z.string(), z.looseObject({ tokens: z.array(z.string()) })).default({}),
});
const classifier = z.looseObject({
  type: z.enum(['BertProcessing', 'RobertaProcessing']),
  cls: z.tuple([z.string(), z.int()]),
});
const sequence = z.looseObject({ type: z.literal('Sequence'), processors: z.array(z.unknown()) });

/** The token that a post-processor puts before a text, if it puts one there. */
export function tokenInFront(postProcessor: unknown): string | undefined {
  const parts = sequence.safeParse(postProcessor).data?.processors ?? [postProcessor];
  for (const part of parts) {
    const found = frontOf(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function frontOf(part: unknown): string | undefined {
  const cls = classifier.safeParse(part).data?.cls[0];
  const { data } = template.safeParse(part);
  const id = special.safeParse(data?.single[0]).data?.SpecialToken.id;
  return cls ?? (id === undefined ? undefined : (data?.special_tokens[id]?.tokens[0] ?? id));
}
