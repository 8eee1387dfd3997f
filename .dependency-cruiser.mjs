// The rooms and who may know whom; ARCHITECTURE.md draws them. numbers ← model, sae ← attribution ← measures/*/maths;
// engine, files, store and record know no measure; a measure is known by its table, its maths and its face; tables joins
// the tables of all.
const base = '^pipeline/(effects|interrupt)\\.ts$|^pipeline/(errors|effects|config)/';
const maths =
  '^pipeline/(numbers|model|attribution)/|^pipeline/sae/[^/]+\\.ts$|^pipeline/measures/(studies/)?[^/]+/maths/';
const belowMeasures = '^pipeline/(commands|numbers|model|sae|attribution|engine|files|disk|store|record)/';
const nodeBuiltins =
  '^(node:)?(assert|buffer|child_process|crypto|events|fs|http|https|module|net|os|path|perf_hooks|process|readline|stream|timers|tty|url|util|v8|vm|worker_threads|zlib)(/|$)';

/** A room may import itself, what is named, and what everyone may. */
const room = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(pipeline|site|bench|tests)/', pathNot: [from, base, ...allowed].join('|') },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', comment: 'types included', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-missing',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(astro:|virtual:)' },
    },
    {
      name: 'maths-without-node',
      comment: 'the maths and the page kit run in Node and in the browser',
      severity: 'error',
      from: { path: `${maths}|^site/page-kit/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'explorer-without-node',
      comment: 'whatever the explorer reaches runs in a browser',
      severity: 'error',
      from: { path: '^site/explorer/' },
      to: { path: nodeBuiltins, reachable: true },
    },
    room('config', '^pipeline/config/', ['^pipeline/(numbers|engine)/', '^pipeline/files/tokenizer/json\\.ts$']),
    room('commands', '^pipeline/commands/', [
      '^pipeline/(measures/studies/catalogue|measures/labels/style-names|training/sae/kind-names|sae/site)\\.ts$',
    ]),
    room('numbers', '^pipeline/numbers/', []),
    room('model', '^pipeline/model/', ['^pipeline/numbers/']),
    room('sae', '^pipeline/sae/[^/]+\\.ts$', ['^pipeline/(numbers|model)/']),
    room('sae-formats', '^pipeline/sae/formats/', ['^pipeline/(numbers|model|files|disk)/', '^pipeline/sae/']),
    room('attribution', '^pipeline/attribution/', ['^pipeline/(numbers|model)/', '^pipeline/sae/[^/]+\\.ts$']),
    room('engine', '^pipeline/engine/', ['^pipeline/(numbers|disk)/']),
    room('disk', '^pipeline/disk/', []),
    room('files', '^pipeline/files/', ['^pipeline/(numbers|model|disk)/', '^pipeline/sae/[^/]+\\.ts$']),
    room('store', '^pipeline/store/', ['^pipeline/(numbers|files|disk)/']),
    room('record', '^pipeline/record/', [
      '^pipeline/(commands|numbers|model|sae|attribution|engine|files|disk|store)/',
    ]),
    room('shards', '^pipeline/shards/', ['^pipeline/(commands|engine|files|disk|record|store)/']),
    room('cluster', '^pipeline/cluster/', [
      '^pipeline/(commands|files|disk|record|shards)/',
      '^pipeline/run/measuring\\.ts$',
    ]),
    room('table', '^pipeline/(record|measures/.+)/table\\.ts$', ['^pipeline/store/', maths]),
    room('tables', '^pipeline/tables/', [
      '^pipeline/(files|store)/',
      '^pipeline/record/(table|run-record)\\.ts$',
      '^pipeline/measures/.+/(table|family-mix|sae-matches|study-record)\\.ts$',
    ]),
    room('measures-maths', '^pipeline/measures/(studies/)?[^/]+/maths/', [
      '^pipeline/(numbers|model|attribution)/',
      '^pipeline/sae/[^/]+\\.ts$',
    ]),
    room('measures', '^pipeline/measures/(?!studies/)', [belowMeasures, maths]),
    room('studies', '^pipeline/measures/studies/', [belowMeasures, '^pipeline/(measures|tables)/']),
    room('site', '^site/', [
      maths,
      '^pipeline/(tables|files|store|measures)/',
      '^pipeline/record/(table|run-record)\\.ts$',
    ]),
    {
      name: 'bench-without-tests',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^tests/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
