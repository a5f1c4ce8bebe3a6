/**
 * Runs Kubernetes' own end-to-end specs, unmodified, against a fleet.
 *
 *   npm run test:e2e-upstream                   all sets; the first time this builds the specs, which needs Go
 *   npm run test:e2e-upstream -- daemonset      the DaemonSet controller alone, in about two minutes
 *   npm run test:e2e-upstream -- kinds          Pods and the other kinds that are kept, tokens and reviews, in about two
 *   npm run test:e2e-upstream -- wide           watches, tables, namespaces, events, discovery and taints, in about ten
 *
 * Environment: E2E names a built e2e.test, KUBECONFIG_E2E a kubeconfig of a cluster to test instead of a new fleet.
 * Exit code: 0 when every spec passes, 1 when one fails, 2 when the specs cannot be had.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { upstreamPrograms } from './build-upstream.mjs';
import { startE2eFleet } from './e2e-fleet.mjs';
import { SKIPPED, SPEC_SETS } from './spec-sets.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TIMEOUT = '1500s';
const PROGRESS_EVERY_MS = 30_000;

const say = (line) => process.stdout.write(`${line}\n`);

/** kubectl that comes with the development dependencies: some specs run it. */
const kubectl = () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist', 'kubectl-folder.mjs')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.trim());
  return join(stdout.trim(), 'kubectl');
};

const argumentsOf = (set, { kubeconfig, kubectlPath, report }) => [
  `--kubeconfig=${kubeconfig}`,
  '--provider=skeleton',
  `--kubectl-path=${kubectlPath}`,
  `--ginkgo.focus=${SPEC_SETS[set]}`,
  `--ginkgo.skip=${SKIPPED}`,
  `--ginkgo.timeout=${TIMEOUT}`,
  '--ginkgo.no-color',
  `--ginkgo.json-report=${report}`,
  '--allowed-not-ready-nodes=0',
  '--minStartupPods=0',
];

/** Runs one set; resolves when the specs have ended, however they did. */
const runSpecs = (binary, args, { log, env, what }) =>
  new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const child = spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const file = createWriteStream(log);
    child.stdout.pipe(file);
    child.stderr.pipe(file);
    const progress = setInterval(
      () => say(`${what}: running for ${Math.round((Date.now() - startedAt) / 1_000)} s`),
      PROGRESS_EVERY_MS,
    );
    const end = (settle) => (value) => {
      clearInterval(progress);
      settle(value);
    };
    child.on('error', end(reject));
    child.on('close', end(resolve));
  });

/** The specs that ran; ginkgo also reports all that it left out. */
const ranSpecs = (report) =>
  JSON.parse(readFileSync(report, 'utf8'))[0].SpecReports.filter(
    ({ LeafNodeType: type, State: state }) => type === 'It' && state !== 'skipped' && state !== 'pending',
  );

const print = ({
  State: state,
  RunTime: nanoseconds,
  ContainerHierarchyTexts: containers,
  LeafNodeText: text,
  Failure: failure,
}) => {
  say(`${state.padEnd(8)} ${(nanoseconds / 1e9).toFixed(1).padStart(6)} s  ${(containers ?? []).join(' ')} ${text}`);
  if (state !== 'passed') say(`         ${(failure?.Message ?? '').slice(0, 400).replaceAll('\n', '\n         ')}`);
};

const runSet = async (set, binary, place) => {
  const report = join(place.folder, `${set}.json`);
  const log = join(place.folder, `${set}.log`);
  await runSpecs(binary, argumentsOf(set, { ...place, report }), { log, env: place.env, what: set });
  if (!existsSync(report) || readFileSync(report, 'utf8') === '')
    throw new Error(`the specs ended without a report; their output is in ${log}`);
  const specs = ranSpecs(report);
  say(`\n${set}, output in ${log}`);
  specs.forEach(print);
  return specs;
};

const binaryOf = async () => process.env.E2E || (await upstreamPrograms(['e2e.test']))['e2e.test'];

const main = async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((set) => !(set in SPEC_SETS));
  if (unknown !== undefined) throw new Error(`${unknown} is not one of ${Object.keys(SPEC_SETS).join(', ')}`);
  const binary = await binaryOf();
  const kubectlPath = kubectl();
  const given = process.env.KUBECONFIG_E2E;
  const fleet = given ? { kubeconfig: given, server: given, stop: async () => undefined } : await startE2eFleet(root);
  const folder = mkdtempSync(join(tmpdir(), 'everynode-e2e-report-'));
  const env = {
    ...process.env,
    PATH: `${dirname(kubectlPath)}${delimiter}${process.env.PATH ?? ''}`,
    KUBECACHEDIR: join(folder, 'kubectl-cache'),
  };
  const specs = [];
  try {
    say(`specs of Kubernetes against ${fleet.server}`);
    for (const set of asked.length === 0 ? Object.keys(SPEC_SETS) : asked)
      specs.push(...(await runSet(set, binary, { kubeconfig: fleet.kubeconfig, kubectlPath, folder, env })));
  } finally {
    await fleet.stop();
  }
  const passed = specs.filter(({ State: state }) => state === 'passed').length;
  say(`\n${passed} passed, ${specs.length - passed} failed`);
  return passed === specs.length && passed > 0 ? 0 : 1;
};

// Ctrl-C reaches the specs and the fleet too; what they have found until then is still printed.
process.on('SIGINT', () => undefined);

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  },
);
