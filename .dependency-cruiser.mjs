/** Layers of the monorepo: an arrow points to what may be imported. Each rule has a planted violation under test/architecture/planted that a spec proves it catches. */
const LIB = '(^|/)libs/([^/]+)/';
const APP = '(^|/)apps/([^/]+)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'core-imports-only-core',
      severity: 'error',
      comment: 'The core is pure: it runs in the processes, in the simulator and in the browser alike.',
      from: { path: '(^|/)libs/core/src/', pathNot: '\\.(spec|bench)\\.ts$' },
      to: { pathNot: '(^|/)libs/core/src/' },
    },
    {
      name: 'pure-libs-have-no-platform',
      severity: 'error',
      comment: 'read-models, kubernetes-api and simulator run without Node.',
      from: { path: '(^|/)libs/(read-models|kubernetes-api|simulator)/src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'simulated-runtime-has-no-platform',
      severity: 'error',
      comment: 'The simulator runs the simulated runtime, and so without Node.',
      from: { path: '(^|/)libs/node-runtime/src/simulated/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'streams-know-ports-only',
      severity: 'error',
      comment: 'Sessions carry bytes for whatever runtime and bus there are; they know nothing of the fleet.',
      from: { path: '(^|/)libs/node-streams/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: LIB, pathNot: '(^|/)libs/(node-streams|contracts|event-log|node-runtime|read-models)/' },
    },
    {
      name: 'libs-via-front-door',
      severity: 'error',
      comment: 'A lib is imported through its index.ts or testing.ts.',
      from: { path: LIB },
      to: { path: LIB, pathNot: ['(^|/)libs/$2/', '(^|/)libs/[^/]+/src/(index|testing)\\.ts$'] },
    },
    {
      name: 'apps-use-libs-via-front-door',
      severity: 'error',
      from: { path: APP },
      to: { path: LIB, pathNot: '(^|/)libs/[^/]+/src/(index|testing)\\.ts$' },
    },
    {
      name: 'no-own-front-door',
      severity: 'error',
      comment: 'Inside a lib, import the file itself; the front door is for others and makes cycles.',
      from: { path: LIB, pathNot: '(index|testing|\\.spec)\\.ts$' },
      to: { path: '(^|/)libs/$2/src/index\\.ts$' },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      comment: 'Only the command line hosts the others, for the one-process mode.',
      from: { path: APP, pathNot: '(^|/)apps/cli/' },
      to: { path: APP, pathNot: '(^|/)apps/$2/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: LIB }, to: { path: APP } },
    {
      name: 'nats-only-in-adapter',
      severity: 'error',
      comment: 'One lib knows the client; everything else knows the ports.',
      from: { pathNot: ['(^|/)libs/event-log-jetstream/', '(^|/)libs/testkit/', '\\.(int|e2e)\\.spec\\.ts$', '^test/(?!architecture)'] },
      to: { path: '(^|/)node_modules/@nats-io/' },
    },
    {
      name: 'nest-only-in-apps',
      severity: 'error',
      from: { path: LIB, pathNot: '(^|/)libs/nest-kit/' },
      to: { path: '(^|/)node_modules/@nestjs/' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { path: '(^|/)(libs|apps)/', pathNot: ['\\.spec\\.ts$', '(^|/)libs/testkit/', '/testing(/|\\.ts$)'] },
      to: { path: ['(^|/)libs/testkit/', '/src/testing(/|\\.ts$)', '\\.spec\\.ts$', '(^|/)node_modules/(vitest|fast-check)/'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '(^|/)node_modules/.*/node_modules/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
