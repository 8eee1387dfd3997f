import { escapeHtml } from '../../page-kit/escape.ts';

/** An XML element; attributes that are undefined are left out. Content is XML already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : ` ${key}="${typeof value === 'number' ? rounded(value) : xmlText(value)}"`,
  );
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

/** Text made safe in XML, where some characters may not stand at all, escaped or not. */
export function xmlText(text: string): string {
  return escapeHtml(text.toWellFormed()).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

const rounded = (value: number) => String(Math.round(value * 100) / 100);
