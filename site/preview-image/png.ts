import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { type Card, cardSvg } from './card.ts';

const require = createRequire(import.meta.url);
/** Fonts by file and no others, so that a card is the same bytes on every machine. */
const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map((file) =>
  require.resolve(`@expo-google-fonts/inter/${file}`),
);

export function cardPng(card: Card): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'Inter' };
  return new Resvg(cardSvg(card).text, { font }).render().asPng();
}
