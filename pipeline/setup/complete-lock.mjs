// A registry mirror that lacks the packages of other platforms makes npm leave them out of package-lock.json, and
// `npm ci` then refuses the lock everywhere. This writes the missing entries, from the names: node pipeline/setup/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const systems = /(?:^|[-/.])(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)(?:-|$)/;
const processors = /-(x64|arm64|arm|ia32|ppc64|riscv64|s390x|loong64|mips64el|mipsel|wasm32)(?:-|$)/;
const oneSystem = { fsevents: 'darwin' };

const file = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (found(path, name)) continue;
    lock.packages[`node_modules/${name}`] = platformPackage(name, range);
    added.push(`${name}@${range}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} entries added${added.map((name) => `\n  ${name}`).join('')}`);

/** Node's lookup: in the package's own node_modules, then in those of every folder above. */
function found(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

function platformPackage(name, range) {
  const version = range.replace(/^[\^~]/, '');
  const os = systems.exec(name)?.[1] ?? oneSystem[name];
  const cpu = processors.exec(name)?.[1];
  if (!/^\d+\.\d+\.\d+/.test(version) || !(os ?? cpu)) throw new Error(`no platform known for ${name}@${range}`);
  const libc = /musl/.test(name) ? 'musl' : os === 'linux' && /gnu/.test(name) ? 'glibc' : undefined;
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}
