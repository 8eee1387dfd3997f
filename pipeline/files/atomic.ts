export { replaceFile, writeFileAtomic, writeJsonAtomic } from '../disk/replace-file.ts';
