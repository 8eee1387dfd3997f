/**
 * The documents of a JSON value: each item of a list, or all of it as one. An item's text is that of its `text` fields,
 * at any depth and in their order, a line each, after the name that the field's object has. Items without text give none.
 */
export function jsonDocuments(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.map((item) => textLines(item).join('\n')).filter((text) => text !== '');
}

function textLines(value: unknown, name = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'text' in value && typeof value.text === 'string' ? value.text.trim() : '';
  const first = own === '' ? [] : [name === '' ? own : `${name}: ${own}`];
  const isList = Array.isArray(value);
  return [...first, ...Object.entries(value).flatMap(([key, part]) => textLines(part, isList ? name : key))];
}
