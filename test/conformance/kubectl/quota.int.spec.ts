// Quotas as people handle them: made, shown, in the way and raised.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { debianKubectl, kubectlBinary, Kubectl, type Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformanceFleet } from '../conformance-fleet.ts';
import { wordsOf, type KubectlCase } from './cases/kubectl-case.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const OLDEST = await debianKubectl();
const CLIENTS: readonly (readonly [version: string, binary: () => Promise<string>])[] = [
  ...('path' in OLDEST ? [['1.20', async () => OLDEST.path] as const] : []),
  ['1.35', () => kubectlBinary('1.35')],
];

const EXCEEDED = 'is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0';

const CASES: readonly Omit<KubectlCase, 'shows'>[] = [
  { command: 'create ns capped', expect: /namespace\/capped created/ },
  { command: 'create quota q --hard=pods=0,count/daemonsets.apps=1,requests.cpu=1 -n capped', expect: /resourcequota\/q created[\s\S]*spec\.hard\[requests\.cpu\]: is kept but not enforced/ },
  { command: 'apply -f manifests/web.yaml -n capped', expect: /daemonset\.apps\/web created/ },
  { command: 'run solo --image=x -n capped', expect: new RegExp(`pods "solo" ${EXCEEDED}`), exitCode: 1 },
  { command: 'wait --for=condition=ReplicaFailure ds/web -n capped --timeout=10s', expect: /condition met/ },
  { command: 'describe ds web -n capped', expect: new RegExp(`FailedCreate[\\s\\S]*Error creating: pods "web-" ${EXCEEDED}`) },
  { command: 'get quota -n capped', expect: /q\s+count\/daemonsets\.apps: 1\/1, pods: 0\/0, requests\.cpu: 0\/1/ },
  { command: 'describe quota q -n capped', expect: /pods\s+0\s+0/ },
  { command: 'describe ns capped', expect: /Resource Quotas[\s\S]*count\/daemonsets\.apps\s+1\s+1/ },
  { command: `patch quota q -n capped --type=merge -p '{"spec":{"hard":{"pods":"100"}}}'`, expect: /resourcequota\/q patched/ },
  { command: 'rollout status ds/web -n capped --timeout=20s', expect: /successfully rolled out/ },
  { command: 'wait --for=condition=Progressing ds/web -n capped --timeout=10s', expect: /condition met/ },
  { command: 'delete quota q -n capped', expect: /"q" deleted/ },
];

describe.each(CLIENTS)('R83 quotas with kubectl %s', (_version, binary) => {
  let fleet: Fleet;
  let kubectl: Kubectl;

  beforeAll(async () => {
    fleet = await startConformanceFleet(false);
    kubectl = await Kubectl.withKubeconfig(await readFile(fleet.kubeconfig, 'utf8'), await binary());
  });
  afterAll(async () => {
    await kubectl.dispose();
    await fleet.stop();
  });

  it.each(CASES.map((known) => [known.command, known] as const))('R83 kubectl %s', async (command, { expect: pattern, exitCode = 0 }) => {
    const { code, output } = await kubectl.run(wordsOf(command), { cwd: FOLDER });
    expect(output).toMatch(pattern);
    expect(code, output).toBe(exitCode);
  });
});
