import { expect, test } from 'vitest';
import { printable, shortened } from '../../pipeline/errors/printable.ts';
import { asUserError, withPath } from '../../pipeline/errors/system-error.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';

test('what would steer a terminal or reorder a line is escaped, all other text stays as it is', () => {
  expect(printable('\x1b[31mred\x07\r\n\x9b2J')).toBe('\\u001b[31mred\\u0007\\r\\n\\u009b2J');
  expect(printable('a\u202egnp.exe \u2066x\u2069 \u2028')).toBe('a\\u202egnp.exe \\u2066x\\u2069 \\u2028');
  expect(printable('\ud800 alone')).toBe('\\ud800 alone');
  expect(printable('東京, naïve, 👩‍👩‍👧, C:\\new')).toBe('東京, naïve, 👩‍👩‍👧, C:\\new');
});

test('long text loses its middle, so that the file at its end stays', () => {
  expect(shortened('short', 5)).toBe('short');
  expect(shortened('0123456789', 6)).toBe('012…89');
  const message = new UserError(`malformed: ${'x'.repeat(1e6)} (model.safetensors)`).message;
  expect(message).toHaveLength(700);
  expect(message).toMatch(/^malformed: x+…x+ \(model\.safetensors\)$/);
  expect(new UserError('\x1b'.repeat(690)).message).toHaveLength(700);
});

test("a user error's text is one line, whatever a file put into it", () => {
  expect(new UserError('unsupported head: \x1b]0;title\x07\nnext').message).toBe(
    'unsupported head: \\u001b]0;title\\u0007\\nnext',
  );
});

const systemError = (code: string, fields: object = {}): Error =>
  Object.assign(new Error(`${code}: as the system says it`), { code, ...fields });

test('the refusals of the system are lines with operation, path and code in words', () => {
  const lineOf = (error: unknown) => asUserError(error)?.message;
  expect(lineOf(systemError('ENOSPC', { syscall: 'write', path: '/out/run.json' }))).toBe(
    'cannot write /out/run.json: no space left on the disk (ENOSPC)',
  );
  expect(lineOf(withPath(systemError('ENOSPC', { syscall: 'fsync' }), '/out/log'))).toBe(
    'cannot write /out/log: no space left on the disk (ENOSPC)',
  );
  expect(lineOf(systemError('ELOOP', { syscall: 'stat', path: 'a' }))).toBe(
    'cannot read a: too many symbolic links, or a circle of them (ELOOP)',
  );
  expect(lineOf(systemError('EXDEV', { syscall: 'rename', path: 'a', dest: 'b' }))).toBe(
    'cannot rename b: it is on another disk (EXDEV)',
  );
  expect(lineOf(new Error('IO Error: Could not write: No space left\non device'))).toBe(
    'database: IO Error: Could not write: No space left',
  );
});

test('an error behind another is found; a fault of ours stays one', () => {
  const cause = systemError('EMFILE', { syscall: 'open', path: 'x' });
  expect(asUserError(new Error('build failed', { cause }))?.message).toContain('too many open files');
  const foreign = Object.assign(new Error('from a bundle'), { name: 'UserError' });
  expect(asUserError(foreign)).toBeInstanceOf(UserError);
  expect(asUserError(new TypeError('x is not a function'))).toBeUndefined();
  expect(asUserError(systemError('EBADF', { syscall: 'read' }))).toBeUndefined();
  expect(asUserError('text')).toBeUndefined();
});
