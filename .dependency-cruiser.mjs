// Imports run one way: core ← formats ← engine, io, store ← stages ← cli, and core, formats, store's schema ← site.
const stagesOn = '^pipeline/(stages|training|setup|[^/]+\\.(ts|mjs)$)';
const plainContracts = '^pipeline/(config|effects)\\.ts$|^pipeline/(config|effects)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-missing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(astro:|virtual:)' },
    },
    {
      name: 'core-imports-core',
      comment: 'the maths runs in Node and in the browser',
      severity: 'error',
      from: { path: '^pipeline/core/' },
      to: { path: '^(pipeline|site)/', pathNot: '^pipeline/core/' },
    },
    {
      name: 'core-without-node',
      severity: 'error',
      from: { path: '^pipeline/core/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'formats-import-core',
      comment: 'files are taken apart in Node and in the browser alike, whoever reads their bytes',
      severity: 'error',
      from: { path: '^pipeline/formats/' },
      to: { path: '^(pipeline|site)/', pathNot: '^pipeline/(core|formats)/' },
    },
    {
      name: 'formats-without-node',
      severity: 'error',
      from: { path: '^pipeline/formats/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'middle-imports-core',
      comment: 'engine, io and store stand on core and formats, and not on each other',
      severity: 'error',
      from: { path: '^pipeline/(engine|io|store)/' },
      to: { path: `${stagesOn}|^site/`, pathNot: plainContracts },
    },
    ...['engine', 'io', 'store'].map((folder) => ({
      name: `${folder}-alone`,
      severity: 'error',
      from: { path: `^pipeline/${folder}/` },
      to: { path: '^pipeline/(engine|io|store)/', pathNot: `^pipeline/${folder}/` },
    })),
    {
      name: 'stages-below-cli',
      severity: 'error',
      from: { path: '^pipeline/(stages|training)/' },
      to: { path: '^pipeline/(cli|commands|run|demo|preview)\\.ts$|^site/' },
    },
    {
      name: 'site-on-schema',
      comment: 'pages know the tables by their schema; the build reads them through the store',
      severity: 'error',
      from: { path: '^site/' },
      to: { path: '^pipeline/', pathNot: '^pipeline/(core|formats|store)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
