/**
 * Who may import whom (docs/architecture.md). An import that no rule of `allowed` names is an error.
 *
 * Types cost nothing at run time and carry no I/O along: where only they may cross, `type-only` says so.
 */

const layer = (...names) => `^src/(?:${names.join('|')})/`;
const PACKAGES = 'node_modules/';
const NODE = ['core'];

/** Runtime imports between layers. `domain` is importable by all of them. */
const MAY_IMPORT = {
  domain: [],
  engines: ['domain'],
  adapters: ['domain'],
  activities: ['domain', 'engines'],
  workflows: ['domain'],
  workers: ['domain', 'engines', 'adapters', 'activities', 'workflows'],
  ingress: ['domain', 'adapters', 'workflows'],
  api: ['domain', 'adapters', 'workflows'],
  stack: ['domain', 'adapters'],
};

/** Imports of types alone, beyond those above. */
const MAY_IMPORT_TYPES = {
  activities: ['adapters'],
  workflows: ['activities'],
};

const LAYERS = Object.keys(MAY_IMPORT);

const layerRules = LAYERS.flatMap((name) => {
  const runtime = [name, ...MAY_IMPORT[name]];
  const types = [...runtime, ...(MAY_IMPORT_TYPES[name] ?? [])];
  const others = (allowed) => [...LAYERS, 'cli'].filter((other) => !allowed.includes(other));
  return [
    {
      name: `${name}-imports`,
      severity: 'error',
      comment: `src/${name} imports ${runtime.slice(1).join(', ') || 'no other folder'}.`,
      from: { path: layer(name) },
      to: { path: layer(...others(types)) },
    },
    ...(MAY_IMPORT_TYPES[name] === undefined
      ? []
      : [
          {
            name: `${name}-imports-types`,
            severity: 'error',
            comment: `src/${name} takes ${MAY_IMPORT_TYPES[name].join(', ')} as types alone: use \`import type\`.`,
            from: { path: layer(name) },
            to: { path: layer(...MAY_IMPORT_TYPES[name]), dependencyTypesNot: ['type-only'] },
          },
        ]),
  ];
});

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'Vocabulary and decisions: no Node builtin and no package, so that workflows may import all of it.',
      from: { path: layer('domain') },
      to: { dependencyTypes: NODE },
    },
    {
      name: 'domain-needs-no-package',
      severity: 'error',
      from: { path: layer('domain') },
      to: { path: PACKAGES },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      comment: "A workflow is replayed: no builtin, and of packages Temporal's own alone.",
      from: { path: layer('workflows') },
      to: { dependencyTypes: NODE },
    },
    {
      name: 'workflows-take-temporal-alone',
      severity: 'error',
      from: { path: layer('workflows') },
      to: { path: PACKAGES, pathNot: `${PACKAGES}@temporalio/(?:workflow|common)/` },
    },
    {
      name: 'engines-get-io-injected',
      severity: 'error',
      comment: 'Bytes in, facts out: what an engine needs of the network or the disk is handed to it.',
      from: { path: layer('engines') },
      to: { path: '^(?:node:)?(?:fs|fs/promises|net|tls|http|https|http2|dns|dns/promises|dgram|child_process)$' },
    },
    {
      name: 'configuration-at-the-top',
      severity: 'error',
      comment: 'Who composes a process reads the configuration and hands on what each part needs.',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(?:workers|api|ingress)/main\\.ts$',
          '^src/ingress/run-ingress\\.ts$',
          '^src/(?:cli|stack)/',
          '^src/config\\.ts$',
        ],
      },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'A circle of types alone is none at run time.',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan',
      severity: 'error',
      comment: 'A module that nothing imports and that starts no process or thread is dead.',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: [
          '/main\\.ts$',
          '\\.d\\.ts$',
          '^src/cli/',
          '-thread\\.ts$',
          '^src/workers/build-bundle\\.ts$',
          'temporal-download\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'no-development-package',
      severity: 'error',
      comment: 'The image holds the packages of `dependencies` alone.',
      from: { path: '^src/', pathNot: ['^src/stack/temporal-download\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'resolves',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types are arrows too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
