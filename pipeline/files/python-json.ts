import { parseJson } from './tokenizer/json.ts';

/**
 * JSON as Python's json module writes it, which has NaN, Infinity and -Infinity for numbers. NaN is read as null: a value
 * that is not known. Throws SyntaxError for what is no JSON besides.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const plain = text.replace(stringOrConstant, (found) => constants[found] ?? found);
    if (plain === text) throw error;
    return parseJson(plain);
  }
}

const stringOrConstant = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity\b|\bNaN\b/g;
/** A number too large for a double is read as infinity. */
const constants: Readonly<Record<string, string | undefined>> = {
  NaN: 'null',
  Infinity: '1e999',
  '-Infinity': '-1e999',
};
