// The licences of everything that is installed: each has to be one of those that let it be used, changed and passed on
// beside our own code.
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/** By name: https://spdx.org/licenses, but for the public domain. MPL and LGPL ask for their own files' source alone, and those are unchanged. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'LGPL-3.0-or-later',
  'MIT',
  'MPL-2.0',
  'OFL-1.1',
  'Public Domain',
  'Python-2.0',
]);

/** Whether an SPDX expression of names, AND, OR and brackets is allowed: of alternatives one is enough. */
export function isAllowed(expression) {
  const inner = /\(([^()]*)\)/;
  for (let match = inner.exec(expression); match; match = inner.exec(expression)) {
    expression = expression.replace(match[0], isAllowed(match[1]) ? 'MIT' : 'refused');
  }
  return expression.split(' OR ').some((choice) => choice.split(' AND ').every((name) => allowed.has(name.trim())));
}

/** Packages of a lock by licence; one that names none has that of the package that brings it for another platform. */
export function licencesOf(packages) {
  const byLicence = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    if (path === '') continue;
    const licence = entry.license ?? installed(path) ?? bringerOf(packages, path)?.license ?? 'none named';
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), nameOf(path)]);
  }
  return new Map([...byLicence].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function installed(path) {
  const file = inRoot(path, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : undefined;
}

const bringerOf = (packages, path) =>
  Object.values(packages).find(({ optionalDependencies = {} }) => nameOf(path) in optionalDependencies);

/** Prints how many packages there are under each licence; 1 where one is not allowed. */
export function checkLicences() {
  const lock = inRoot('package-lock.json');
  const { packages = {} } = existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')) : {};
  let code = 0;
  for (const [licence, names] of licencesOf(packages)) {
    if (isAllowed(licence)) console.log(`${String(names.length).padStart(4)}  ${licence}`);
    else {
      console.log(`not allowed: ${licence} of ${names.join(', ')}`);
      code = 1;
    }
  }
  return code;
}
