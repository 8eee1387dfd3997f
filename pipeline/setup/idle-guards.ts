// Guards that guard nothing: `x ?? y` where the type of x is neither null nor undefined. An index that must exist is
// read as it is; what may be absent says so in its type: `list.at(i)`, `map.get(key)`, an optional field, a record of
// values or undefined.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

const rooms = ['pipeline', 'site', 'bench'];

const nullish = ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void;
/** Types that may turn out to be null or undefined. */
const open = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Instantiable;

function mayBeAbsent(type: ts.Type): boolean {
  return type.isUnion() ? type.types.some(mayBeAbsent) : (type.flags & (nullish | open)) !== 0;
}

/** Each as `file:line: text`, of the files of a program that are chosen. */
export function idleGuards(program: ts.Program, isChosen: (file: string) => boolean): string[] {
  const checker = program.getTypeChecker();
  return program.getSourceFiles().flatMap((file) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const isGuard = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
      if (isGuard && !mayBeAbsent(checker.getTypeAtLocation(node.left))) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        found.push(`${file.fileName}:${line + 1}: ${node.getText()}`);
      }
      ts.forEachChild(node, visit);
    };
    if (isChosen(file.fileName)) visit(file);
    return found;
  });
}

function projectProgram(): ts.Program {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const config = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, {}, host);
  if (!config) throw new Error('tsconfig.json cannot be read');
  const files = config.fileNames.filter((name) => name.endsWith('.ts'));
  return ts.createProgram(files, config.options);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // A test may ask for what a wrong result lacks.
  const found = idleGuards(projectProgram(), (file) => rooms.some((room) => file.startsWith(`${root}${room}/`)));
  for (const guard of found) process.stderr.write(`idle guard: ${guard.slice(root.length)}\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
