import { expect, test } from 'vitest';
import { labelledText, tokenLabel, visibleText } from '../../../site/page-kit/token-text.ts';

test('line breaks, tabs and returns show as signs', () => {
  expect(visibleText('a\n\tb\r')).toBe('a↵⇥b␍');
});

test('control characters are spelled out', () => {
  expect(visibleText('\u0000\u001b[31m\u007f')).toBe('\\x00\\x1b[31m\\x7f');
});

test('characters that turn the direction of text or cannot be seen are spelled out', () => {
  expect(visibleText('\u202eabc\u2066\u200b\ufeff\u00ad')).toBe('\\u202eabc\\u2066\\u200b\\ufeff\\xad');
  expect(visibleText('\u{e0041}')).toBe('\\u{e0041}');
});

test('a lone surrogate is spelled out, a pair stays', () => {
  expect(visibleText('\ud83d')).toBe('\\ud83d');
  expect(visibleText('\ud83d\ude00')).toBe('😀');
});

test('words of any script stay as they are', () => {
  expect(visibleText(' naïve 漢字 עברית')).toBe(' naïve 漢字 עברית');
});

test('a token on its own shows its spaces, and a combining mark has something to stand on', () => {
  expect(tokenLabel('  the ')).toBe('··the·');
  expect(tokenLabel('\u0301a')).toBe('◌\u0301a');
});

test('a label says which token it was made of, but for what is spelled out', () => {
  for (const token of [' the', '\n\n', '\t\r', '\u00a0x', 'na\u0301'])
    expect(labelledText(tokenLabel(token))).toBe(token);
});
