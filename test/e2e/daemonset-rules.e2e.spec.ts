// The rules that are seen from outside: what the real kubectl prints, and what clients ask of the API, on a running fleet.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from '@everynode/testkit';
import { daemonSet, DAEMONSETS, kubectl, podsOf, runsOnExactly, setImage } from './fleet-view.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
let fleet: Fleet;

/** What kubectl prints when it fails; rejects when it does not. */
const failureOf = async (...args: readonly string[]): Promise<string> => {
  try {
    await kubectl(fleet, ...args);
  } catch (error) {
    return String((error as { stderr?: string }).stderr);
  }
  throw new Error(`kubectl ${args.join(' ')} succeeded`);
};

const settled = (name: string): Promise<number> =>
  fleet.until(`${name} runs everywhere`, () => runsOnExactly(fleet, name, NODES));
const rolledOut = (name: string): Promise<string> => kubectl(fleet, 'rollout', 'status', `ds/${name}`, '--timeout=30s');

interface DaemonSetObject {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations: Record<string, string>;
    readonly uid: string;
  };
  readonly spec: {
    readonly updateStrategy: object;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}
const read = (name: string): Promise<DaemonSetObject> => fleet.api<DaemonSetObject>('GET', `${DAEMONSETS}/${name}`);

beforeAll(async () => {
  fleet = await Fleet.start({ controllers: 1, profile: 'instant', agents: [{ name: 'agent-1', nodes: NODES.length }] });
  await fleet.api('POST', DAEMONSETS, daemonSet('web', { image: 'registry.example/daemon:1' }));
  await settled('web');
});

afterAll(async () => {
  await fleet?.stop();
});

describe('tables', () => {
  it('DS-288 has these columns, the wide ones only when asked', async () => {
    const table = await fetch(`${fleet.apiUrl}${DAEMONSETS}`, {
      headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
    });
    const { columnDefinitions } = (await table.json()) as {
      columnDefinitions: { name: string; type: string; priority: number }[];
    };
    expect(columnDefinitions.map(({ name, type, priority }) => `${name} ${type} ${priority}`)).toEqual([
      'Name string 0',
      'Desired integer 0',
      'Current integer 0',
      'Ready integer 0',
      'Up-to-date integer 0',
      'Available integer 0',
      'Node Selector string 0',
      'Age string 0',
      'Containers string 1',
      'Images string 1',
      'Selector string 1',
    ]);
    const [header] = (await kubectl(fleet, 'get', 'ds')).split('\n');
    expect(header?.split(/\s{2,}/).map((name) => name.trim())).toEqual([
      'NAME',
      'DESIRED',
      'CURRENT',
      'READY',
      'UP-TO-DATE',
      'AVAILABLE',
      'NODE SELECTOR',
      'AGE',
    ]);
  });

  it('DS-289 fills them from the status, the template and the selector', async () => {
    const line = (await kubectl(fleet, 'get', 'ds', 'web', '-o', 'wide', '--no-headers')).trim();
    expect(line).toMatch(/^web\s+3\s+3\s+3\s+3\s+3\s+<none>\s+\S+\s+main\s+registry\.example\/daemon:1\s+app=web$/);
  });

  it('DS-52 prints on the server', async () => {
    const response = await fetch(`${fleet.apiUrl}${DAEMONSETS}/web`, {
      headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
    });
    expect(await response.json()).toMatchObject({
      kind: 'Table',
      rows: [
        { cells: ['web', 3, 3, 3, 3, 3, '<none>', expect.any(String), 'main', 'registry.example/daemon:1', 'app=web'] },
      ],
    });
  });

  it('DS-290 shows revisions with their controller and number', async () => {
    expect(await kubectl(fleet, 'get', 'controllerrevisions')).toMatch(
      /^NAME\s+CONTROLLER\s+REVISION\s+AGE\nweb-\S+\s+daemonset\.apps\/web\s+1\s+\S+/,
    );
  });
});

describe('kubectl rollout', () => {
  it('DS-291 waits for the observed generation, the updated and the available Pods', async () => {
    await setImage(fleet, 'web', 'registry.example/daemon:2');
    const text = await rolledOut('web');
    expect(text).toMatch(
      /^(Waiting for daemon set spec update to be observed\.\.\.\n|Waiting for daemon set "web" rollout to finish: \d out of 3 new pods have been updated\.\.\.\n|Waiting for daemon set "web" rollout to finish: \d of 3 updated pods are available\.\.\.\n)*daemon set "web" successfully rolled out\n$/,
    );
    await fleet.api('POST', DAEMONSETS, {
      ...daemonSet('manual'),
      spec: { ...(daemonSet('manual') as { spec: object }).spec, updateStrategy: { type: 'OnDelete' } },
    });
    expect(await failureOf('rollout', 'status', 'ds/manual')).toContain(
      'rollout status is only available for RollingUpdate strategy type',
    );
    await kubectl(fleet, 'delete', 'ds', 'manual');
  });

  it('DS-293 lists the revisions with their causes, ascending', async () => {
    await kubectl(fleet, 'annotate', 'ds', 'web', 'kubernetes.io/change-cause=third image');
    await setImage(fleet, 'web', 'registry.example/daemon:3');
    await rolledOut('web');
    const lines = (await kubectl(fleet, 'rollout', 'history', 'ds/web')).trim().split('\n');
    expect(lines.map((line) => line.trim().split(/\s{2,}/))).toEqual([
      ['daemonset.apps/web'],
      ['REVISION', 'CHANGE-CAUSE'],
      ['1', '<none>'],
      ['2', '<none>'],
      ['3', 'third image'],
    ]);
    expect(await kubectl(fleet, 'rollout', 'history', 'ds/web', '--revision=2')).toMatch(
      /daemonset\.apps\/web with revision #2[\s\S]*daemon:2/,
    );
    expect(await failureOf('rollout', 'history', 'ds/web', '--revision=9')).toContain(
      'unable to find the specified revision',
    );
    expect(await failureOf('rollout', 'history', 'ds/web', '--revision=-1')).toContain(
      'revision must be a positive integer: -1',
    );
  });

  it('DS-294 goes back to the revision before, or to a given one, and skips what is already there', async () => {
    expect(await kubectl(fleet, 'rollout', 'undo', 'ds/web')).toContain('daemonset.apps/web rolled back');
    await rolledOut('web');
    expect((await read('web')).spec.template.spec.containers[0]?.image).toBe('registry.example/daemon:2');
    expect(await kubectl(fleet, 'rollout', 'undo', 'ds/web', '--to-revision=1')).toContain('rolled back');
    await rolledOut('web');
    expect((await podsOf(fleet, 'web')).map((pod) => pod.image)).toEqual(Array(3).fill('registry.example/daemon:1'));
    const newest = (await kubectl(fleet, 'rollout', 'history', 'ds/web'))
      .trim()
      .split('\n')
      .at(-1)
      ?.trim()
      .split(/\s+/)[0];
    expect(await kubectl(fleet, 'rollout', 'undo', 'ds/web', `--to-revision=${newest}`)).toContain(
      `skipped rollback (current template already matches revision ${newest})`,
    );
    expect(await failureOf('rollout', 'undo', 'ds/web', '--to-revision=77')).toContain(
      'unable to find specified revision 77 in history',
    );
  });

  it('DS-295 leaves annotations and strategy alone when it goes back', async () => {
    const { metadata, spec } = await read('web');
    expect(metadata.annotations).toMatchObject({ 'kubernetes.io/change-cause': 'third image' });
    expect(spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  });

  it('DS-296 restarts with a new revision, and neither pauses nor resumes', async () => {
    const before = (await podsOf(fleet, 'web')).map((pod) => pod.uid);
    expect(await kubectl(fleet, 'rollout', 'restart', 'ds/web')).toContain('daemonset.apps/web restarted');
    await rolledOut('web');
    await settled('web');
    expect((await podsOf(fleet, 'web')).filter((pod) => before.includes(pod.uid))).toEqual([]);
    expect(await failureOf('rollout', 'pause', 'ds/web')).toContain('pausing is not supported');
    expect(await failureOf('rollout', 'resume', 'ds/web')).toContain('resuming is not supported');
  });

  it('DS-292 ends when the object is deleted while it watches', async () => {
    await fleet.api('POST', DAEMONSETS, daemonSet('short', { image: 'registry.example/non-existent:1' }));
    const watching = failureOf('rollout', 'status', 'ds/short', '--timeout=20s');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await kubectl(fleet, 'delete', 'ds', 'short', '--wait=false');
    expect(await watching).toContain('object has been deleted');
  });
});

describe('kubectl', () => {
  it('DS-297 describes the counters, the Pods and the events', async () => {
    const text = await kubectl(fleet, 'describe', 'ds', 'web');
    for (const line of [
      'Desired Number of Nodes Scheduled: 3',
      'Current Number of Nodes Scheduled: 3',
      'Number of Nodes Scheduled with Up-to-date Pods: 3',
      'Number of Nodes Scheduled with Available Pods: 3',
      'Number of Nodes Misscheduled: 0',
      'Pods Status:  3 Running / 0 Waiting / 0 Succeeded / 0 Failed',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/Selector:\s+app=web\nNode-Selector:\s+<none>/);
    expect(text).toMatch(/Normal\s+SuccessfulCreate\s+.*daemonset-controller\s+Created pod: web-\w+/);
    expect(text).toMatch(/Normal\s+SuccessfulDelete\s+.*daemonset-controller\s+Deleted pod: web-\w+/);
  });

  it('DS-298 drains a node only when told to ignore its daemons, and leaves them there', async () => {
    expect(await failureOf('drain', 'node-1')).toContain(
      'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
    );
    const daemons = (): Promise<string> =>
      kubectl(fleet, 'get', 'pods', '--field-selector=spec.nodeName=node-1', '--output=jsonpath={.items[*].metadata.uid}{.items[*].metadata.deletionTimestamp}');
    const before = await daemons();
    expect(before).not.toBe('');
    expect(await kubectl(fleet, 'drain', 'node-1', '--ignore-daemonsets')).toContain('node/node-1 drained');
    expect(await daemons()).toBe(before);
    await kubectl(fleet, 'uncordon', 'node-1');
    await settled('web');
  });

  it('DS-299 deletes in the background by default, and orphans when told to', async () => {
    await fleet.api('POST', DAEMONSETS, daemonSet('gone'));
    await settled('gone');
    await kubectl(fleet, 'delete', 'ds', 'gone', '--cascade=orphan');
    expect(await podsOf(fleet, 'gone')).toEqual([]);
    const orphans = JSON.parse(await kubectl(fleet, 'get', 'pods', '-l', 'app=gone', '-o', 'json')) as {
      items: unknown[];
    };
    expect(orphans.items).toHaveLength(3);
    await kubectl(fleet, 'delete', 'pods', '-l', 'app=gone');
  });
});

describe('the API', () => {
  it('DS-49 deletes dependents in the background when nothing else is said', async () => {
    await fleet.api('POST', DAEMONSETS, daemonSet('background'));
    await settled('background');
    await fleet.api('DELETE', `${DAEMONSETS}/background`);
    expect((await fetch(`${fleet.apiUrl}${DAEMONSETS}/background`)).status).toBe(404);
    await fleet.until('its Pods are gone', async () => (await podsOf(fleet, 'background')).length === 0);
  });

  it('DS-302 lets a namespace be made with labels and finds its service account and config map', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    await fleet.api('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { generateName: 'suite-', labels },
    });
    const list = await fleet.api<{ items: { metadata: { name: string } }[] }>('GET', '/api/v1/namespaces');
    const name = list.items.map((item) => item.metadata.name).find((candidate) => candidate.startsWith('suite-'));
    for (const [resource, object] of [
      ['serviceaccounts', 'default'],
      ['configmaps', 'kube-root-ca.crt'],
    ]) {
      const found = await fleet.api<{ items: unknown[] }>(
        'GET',
        `/api/v1/namespaces/${name}/${resource}?fieldSelector=metadata.name=${object}`,
      );
      expect(found.items).toHaveLength(1);
    }
    await fleet.api('DELETE', `/api/v1/namespaces/${name}`);
    await fleet.until(
      'the namespace is gone',
      async () => (await fetch(`${fleet.apiUrl}/api/v1/namespaces/${name}`)).status === 404,
    );
  });

  it('DS-305 sends the initial events and says where they end', async () => {
    const response = await fetch(
      `${fleet.apiUrl}/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1`,
    );
    const events = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { annotations?: object } } });
    expect(events.slice(0, 3).map((event) => event.type)).toEqual(['ADDED', 'ADDED', 'ADDED']);
    expect(events[3]).toMatchObject({
      type: 'BOOKMARK',
      object: { metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    const refused = await fetch(`${fleet.apiUrl}/api/v1/nodes?watch=true&sendInitialEvents=true`);
    expect(refused.status).toBe(422);
  });

  it('DS-317 deletes a collection by its labels at once, and lists over all namespaces', async () => {
    const labelled = daemonSet('collected') as { metadata: object };
    await fleet.api('POST', DAEMONSETS, { ...labelled, metadata: { ...labelled.metadata, labels: { group: 'c' } } });
    const all = '/apis/apps/v1/daemonsets?labelSelector=group%3Dc';
    expect((await fleet.api<{ items: unknown[] }>('GET', all)).items).toHaveLength(1);
    await fleet.api('DELETE', `${DAEMONSETS}?labelSelector=group%3Dc`, { gracePeriodSeconds: 1 });
    expect((await fleet.api<{ items: unknown[] }>('GET', all)).items).toEqual([]);
  });

  it('DS-11 marks Pods, DaemonSets and templates with the keys of Kubernetes', async () => {
    const pods = await fleet.api<{ items: { metadata: { labels: object } }[] }>(
      'GET',
      '/api/v1/namespaces/default/pods?labelSelector=app%3Dweb',
    );
    expect(Object.keys(pods.items[0]?.metadata.labels ?? {}).toSorted()).toEqual([
      'app',
      'controller-revision-hash',
      'pod-template-generation',
    ]);
    const { metadata, spec } = await read('web');
    expect(Object.keys(metadata.annotations)).toContain('deprecated.daemonset.template.generation');
    expect(JSON.stringify(spec.template)).toContain('kubectl.kubernetes.io/restartedAt');
  });

  it('DS-318 makes, changes, lists and deletes revisions', async () => {
    const path = '/apis/apps/v1/namespaces/default/controllerrevisions';
    const labels = { made: 'by-hand' };
    const revision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'own', labels },
      data: {},
      revision: 1,
    };
    await fleet.api('POST', path, revision);
    const merge = 'application/strategic-merge-patch+json';
    expect(await fleet.api('PATCH', `${path}/own`, { revision: 2 }, merge)).toMatchObject({ revision: 2 });
    const found = await fleet.api<{ revision: number }>('GET', `${path}/own`);
    expect(await fleet.api('PUT', `${path}/own`, { ...found, revision: 3 })).toMatchObject({ revision: 3 });
    const everywhere = '/apis/apps/v1/controllerrevisions?labelSelector=made%3Dby-hand';
    expect((await fleet.api<{ items: unknown[] }>('GET', everywhere)).items).toHaveLength(1);
    await fleet.api('DELETE', `${path}?labelSelector=made%3Dby-hand`);
    expect((await fleet.api<{ items: unknown[] }>('GET', everywhere)).items).toEqual([]);
  });

  it('DS-319 lists Pods by phase and sets a status without a resourceVersion', async () => {
    const query =
      '/api/v1/namespaces/default/pods?labelSelector=app%3Dweb&fieldSelector=status.phase!%3DFailed,status.phase!%3DSucceeded';
    const pods = await fleet.api<{ items: { metadata: { name: string; resourceVersion?: string }; status: object }[] }>(
      'GET',
      query,
    );
    expect(pods.items).toHaveLength(3);
    const [victim] = pods.items;
    if (victim === undefined) throw new Error('no Pod');
    const { resourceVersion: _unset, ...metadata } = victim.metadata;
    await fleet.api('PUT', `/api/v1/namespaces/default/pods/${metadata.name}/status`, {
      ...victim,
      metadata,
      status: { ...victim.status, phase: 'Failed' },
    });
    await fleet.until(
      'the failed Pod is replaced',
      async () => (await fetch(`${fleet.apiUrl}/api/v1/namespaces/default/pods/${metadata.name}`)).status === 404,
    );
    await settled('web');
  });

  it('DS-320 lists the nodes that can be scheduled on', async () => {
    await kubectl(fleet, 'cordon', 'node-2');
    const nodes = await fleet.api<{ items: { metadata: { name: string } }[] }>(
      'GET',
      '/api/v1/nodes?fieldSelector=spec.unschedulable%3Dfalse',
    );
    expect(nodes.items.map((node) => node.metadata.name).toSorted()).toEqual(['node-1', 'node-3']);
    await kubectl(fleet, 'uncordon', 'node-2');
  });

  it('DS-323 has resource versions that grow, without leading zeros, and gives the new one back', async () => {
    const before = await read('web');
    expect(before.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
    const after = await fleet.api<DaemonSetObject>(
      'PATCH',
      `${DAEMONSETS}/web`,
      { metadata: { labels: { round: '1' } } },
      'application/merge-patch+json',
    );
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
  });
});
