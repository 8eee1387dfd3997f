import { expect, test } from 'vitest';

/** Plain JavaScript without types: it runs before anything is installed. */
const setup = (name: string) => import(new URL(`../../pipeline/setup/${name}`, import.meta.url).href);
const { judge } = await setup('advisories.mjs');
const { checkLicences, isAllowed, licencesOf } = await setup('licences.mjs');

test('every installed package is under a licence of the list', () => {
  expect(checkLicences()).toBe(0);
});

test('of alternatives one is enough, of licences that hold together each counts', () => {
  expect(['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND (MIT OR SSPL-1.0)'].map(isAllowed)).toEqual([true, true, true]);
  expect(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN x', ''].map(isAllowed)).toEqual([false, false, false, false]);
});

test("a package for another platform is under its bringer's licence, one that names none is not allowed", () => {
  const found = licencesOf({
    '': {},
    'node_modules/none/a': { license: 'MIT', optionalDependencies: { 'none-darwin': '1' } },
    'node_modules/none-darwin': {},
    'node_modules/none/b/node_modules/none-c': {},
  });
  expect([...found]).toEqual([
    ['MIT', ['none/a', 'none-darwin']],
    ['none named', ['none-c']],
  ]);
  expect(isAllowed('none named')).toBe(false);
});

test('a grave advisory fails the check, a slight one is told, a registry without any is no failure', () => {
  const report = (severity: string) =>
    JSON.stringify({ auditReportVersion: 2, vulnerabilities: { a: { name: 'a', severity, range: '<2' } } });
  expect(judge(report('critical'))).toEqual({ lines: ['critical: a <2'], code: 1 });
  expect(judge(report('low'))).toEqual({ lines: ['low: a <2'], code: 0 });
  expect(judge('{"auditReportVersion":2,"vulnerabilities":{}}')).toEqual({ lines: ['no advisories'], code: 0 });
  expect(judge('{"message":"405 Method Not Allowed"}').code).toBe(0);
  expect(judge('').lines[0]).toContain('not checked');
});
