import { registerFamily } from '../../pipeline/model/families/index.ts';
import { toy } from './toy-family.ts';

registerFamily(toy);
