import type { StyleName } from '../../../measures/labels/style-names.ts';
import { attentionStyle } from './attention.ts';
import { delphiStyle } from './delphi.ts';
import { neuronpediaStyle } from './neuronpedia.ts';
import type { Style } from './style.ts';

export const styles: Readonly<Record<StyleName, Style>> = {
  attention: attentionStyle,
  neuronpedia: neuronpediaStyle,
  delphi: delphiStyle,
};
