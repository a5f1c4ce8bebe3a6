import { describe, expect, it } from 'vitest';
import { RESOURCES } from '../resources/resource-table.ts';
import type { KubernetesObject } from '../write/object.ts';
import { printTable } from './print-table.ts';
import { printerOf } from './printers.ts';

const CREATED = '2026-01-01T00:00:00Z';
const NOW = Date.parse(CREATED);

const object = (fields: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name: 'x', uid: 'u', creationTimestamp: CREATED, ...metadata },
  ...fields,
});

const row = (
  group: string,
  resource: string,
  fields: object,
  metadata: object = {},
  now = NOW,
): readonly (string | number)[] => {
  const table = printTable({ group, resource }, [object(fields, metadata)], {
    now,
    includeObject: 'None',
    withColumns: true,
    metadata: {},
  });
  return table.rows[0]?.cells ?? [];
};

const headers = (group: string, resource: string, priority: 0 | 1): string[] =>
  printerOf(group, resource)
    .columns.filter((column) => column.priority === priority)
    .map(({ name }) => name);

describe('a row of a quota', () => {
  it('has what is used of what is allowed, limits apart', () => {
    const hard = { 'requests.cpu': '2', pods: '3', 'limits.cpu': '4' };
    expect(row('', 'resourcequotas', { status: { hard, used: { pods: '1', 'requests.cpu': '0' } } })).toEqual([
      'x',
      'pods: 1/3, requests.cpu: 0/2',
      'limits.cpu: 0/4',
      '0s',
    ]);
  });
});

describe('printTable', () => {
  it('has as many cells as columns for every served resource', () => {
    for (const { group, plural } of RESOURCES) {
      expect(row(group, plural, {}).length, plural).toBe(printerOf(group, plural).columns.length);
    }
    expect(RESOURCES.length).toBeGreaterThan(10);
  });

  it.each([
    [
      'apps',
      'daemonsets',
      'Name Desired Current Ready Up-to-date Available Node Selector Age',
      'Containers Images Selector',
    ],
    ['apps', 'controllerrevisions', 'Name Controller Revision Age', ''],
    ['', 'pods', 'Name Ready Status Restarts Age', 'IP Node Nominated Node Readiness Gates'],
    ['', 'nodes', 'Name Status Roles Age Version', 'Internal-IP External-IP OS-Image Kernel-Version Container-Runtime'],
    ['', 'namespaces', 'Name Status Age', ''],
    ['', 'events', 'Last Seen Type Reason Object Message', 'Subobject Source First Seen Count Name'],
    ['', 'podtemplates', 'Name Containers Images Pod Labels', ''],
    ['', 'configmaps', 'Name Data Age', ''],
    ['', 'resourcequotas', 'Name Request Limit Age', ''],
    ['', 'secrets', 'Name Type Data Age', ''],
    ['', 'serviceaccounts', 'Name Secrets Age', ''],
    ['coordination.k8s.io', 'leases', 'Name Holder Age', ''],
  ])('names the columns of %s/%s', (group, resource, narrow, wideOnes) => {
    expect(headers(group, resource, 0).join(' ')).toBe(narrow);
    expect(headers(group, resource, 1).join(' ')).toBe(wideOnes);
  });

  it('carries no object, its metadata or all of it, and drops the columns when asked', () => {
    const options = { now: NOW, withColumns: false, metadata: { resourceVersion: '9' } };
    const of = (includeObject: 'None' | 'Metadata' | 'Object'): unknown =>
      printTable({ group: '', resource: 'pods' }, [object({ spec: { a: 1 } })], { ...options, includeObject });
    expect(of('Metadata')).toMatchObject({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: '9' },
      columnDefinitions: null,
      rows: [{ object: { kind: 'PartialObjectMetadata', metadata: { name: 'x' } } }],
    });
    expect(of('Object')).toMatchObject({ rows: [{ object: { kind: 'X', spec: { a: 1 } } }] });
    expect(JSON.stringify(of('None'))).toContain('"object":null');
    expect(JSON.stringify(of('Metadata'))).not.toContain('spec');
  });
});

describe('rows', () => {
  it('prints a DaemonSet', () => {
    const containers = [
      { name: 'fake-container1', image: 'fake-image1' },
      { name: 'fake-container2', image: 'fake-image2' },
    ];
    const daemonSet = {
      spec: { selector: { matchLabels: { foo: 'bar' } }, template: { spec: { containers } } },
      status: {
        desiredNumberScheduled: 3,
        currentNumberScheduled: 2,
        numberReady: 1,
        updatedNumberScheduled: 2,
        numberAvailable: 0,
      },
    };
    expect(row('apps', 'daemonsets', daemonSet, { name: 'test1' })).toEqual([
      'test1',
      3,
      2,
      1,
      2,
      0,
      '<none>',
      '0s',
      'fake-container1,fake-container2',
      'fake-image1,fake-image2',
      'foo=bar',
    ]);
  });

  it('prints a ControllerRevision with and without its controller', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'u', controller: true };
    expect(row('apps', 'controllerrevisions', { revision: 2 }, { ownerReferences: [owner] })).toEqual([
      'x',
      'daemonset.apps/web',
      2,
      '0s',
    ]);
    expect(row('apps', 'controllerrevisions', { revision: 0 })).toEqual(['x', '<none>', 0, '0s']);
  });

  it.each([
    [{ status: { conditions: [{ type: 'Ready', status: 'True' }] } }, 'Ready'],
    [{ status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'NotReady'],
    [{ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }, 'NotReady'],
    [{ spec: { unschedulable: true } }, 'Unknown,SchedulingDisabled'],
    [
      { spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      'Ready,SchedulingDisabled',
    ],
  ])('prints the status of node %j', (node, status) => {
    expect(row('', 'nodes', node)[1]).toBe(status);
  });

  it('prints roles, addresses and what is unknown about a node', () => {
    const labels = {
      'node-role.kubernetes.io/worker': '',
      'node-role.kubernetes.io/control-plane': '',
      'kubernetes.io/role': 'edge',
    };
    const node = {
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        nodeInfo: { kubeletVersion: 'v1', osImage: 'Debian' },
      },
    };
    expect(row('', 'nodes', node, { labels })).toEqual([
      'x',
      'Unknown',
      'control-plane,edge,worker',
      '0s',
      'v1',
      '10.0.0.1',
      '<none>',
      'Debian',
      '<unknown>',
      '<unknown>',
    ]);
    expect(row('', 'nodes', {})[2]).toBe('<none>');
  });

  it('prints an event with its series, and counts one when nothing is said', () => {
    const event = {
      involvedObject: { kind: 'DaemonSet', name: 'web', fieldPath: 'spec' },
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: ' Created pod: a\n',
      source: { component: 'daemonset-controller', host: 'h' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:01:00Z',
      count: 4,
    };
    expect(row('', 'events', event, {}, NOW + 300_000)).toEqual([
      '4m',
      'Normal',
      'SuccessfulCreate',
      'daemonset/web',
      'spec',
      'daemonset-controller, h',
      'Created pod: a',
      '5m',
      4,
      'x',
    ]);
    const series = {
      regarding: { kind: 'Pod', name: 'p' },
      note: 'n',
      eventTime: '2026-01-01T00:00:00.000000Z',
      series: { count: 7, lastObservedTime: '2026-01-01T00:04:00.000000Z' },
    };
    expect(row('events.k8s.io', 'events', series, {}, NOW + 300_000).slice(0, 9)).toEqual([
      '60s',
      '',
      '',
      'pod/p',
      '',
      '',
      'n',
      '5m',
      7,
    ]);
    expect(row('', 'events', {})[8]).toBe(1);
  });
});

const RUNNING = { ready: true, restartCount: 0, state: { running: {} } };
const pod = (status: object, spec: object = {}): object => ({
  spec: { containers: [{ name: 'a' }, { name: 'b' }], ...spec },
  status,
});

describe('pod rows', () => {
  it.each([
    ['pending', pod({ phase: 'Pending' }), '0/2', 'Pending', '0'],
    ['running', pod({ phase: 'Running', containerStatuses: [RUNNING, RUNNING] }), '2/2', 'Running', '0'],
    ['a status reason', pod({ phase: 'Failed', reason: 'Evicted' }), '0/2', 'Evicted', '0'],
    [
      'gated',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
      '0/2',
      'SchedulingGated',
      '0',
    ],
    [
      'crashing',
      pod({
        phase: 'Running',
        containerStatuses: [
          {
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { finishedAt: '2025-12-31T23:55:00Z' } },
          },
          RUNNING,
        ],
      }),
      '1/2',
      'CrashLoopBackOff',
      '3 (5m ago)',
    ],
    [
      'ended by a signal',
      pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { signal: 9, exitCode: 137 } } }] }),
      '0/2',
      'Signal:9',
      '0',
    ],
    [
      'ended with a code',
      pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] }),
      '0/2',
      'ExitCode:3',
      '0',
    ],
    [
      'one of two completed',
      pod({
        phase: 'Running',
        containerStatuses: [{ state: { terminated: { reason: 'Completed', exitCode: 0 } } }, RUNNING],
        conditions: [{ type: 'Ready', status: 'True' }],
      }),
      '1/2',
      'Running',
      '0',
    ],
    [
      'one of two completed, not ready',
      pod({
        phase: 'Running',
        containerStatuses: [{ state: { terminated: { reason: 'Completed', exitCode: 0 } } }, RUNNING],
      }),
      '1/2',
      'NotReady',
      '0',
    ],
    [
      'the first container speaks',
      pod({
        phase: 'Pending',
        containerStatuses: [
          { state: { waiting: { reason: 'ErrImagePull' } } },
          { state: { waiting: { reason: 'ContainerCreating' } } },
        ],
      }),
      '0/2',
      'ErrImagePull',
      '0',
    ],
    [
      'initializing',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'i', state: { terminated: { exitCode: 0 } } },
            { name: 'j', restartCount: 2, state: { running: {} } },
          ],
        },
        { initContainers: [{ name: 'i' }, { name: 'j' }] },
      ),
      '0/2',
      'Init:1/2',
      '2',
    ],
    [
      'a failed init container',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 1 } } }] },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/2',
      'Init:ExitCode:1',
      '0',
    ],
    [
      'a waiting init container',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { waiting: { reason: 'ErrImagePull' } } }] },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/2',
      'Init:ErrImagePull',
      '0',
    ],
    [
      'a ready sidecar',
      pod(
        {
          phase: 'Running',
          containerStatuses: [RUNNING, RUNNING],
          initContainerStatuses: [{ name: 'i', started: true, ready: true, restartCount: 1, state: { running: {} } }],
        },
        { initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
      ),
      '3/3',
      'Running',
      '1',
    ],
  ])('prints a pod that is %s', (_, fields, ready, status, restarts) => {
    expect(row('', 'pods', fields).slice(1, 4)).toEqual([ready, status, restarts]);
  });

  it('says Terminating while a pod is being deleted, unless it has ended or its node is lost', () => {
    const deleted = { deletionTimestamp: CREATED };
    expect(row('', 'pods', pod({ phase: 'Running' }), deleted)[2]).toBe('Terminating');
    expect(row('', 'pods', pod({ phase: 'Succeeded' }), deleted)[2]).toBe('Succeeded');
    expect(row('', 'pods', pod({ phase: 'Running', reason: 'NodeLost' }), deleted)[2]).toBe('Unknown');
  });

  it('prints address, node and gates in the wide columns', () => {
    const status = { podIP: '10.1.1.1', conditions: [{ type: 'g', status: 'True' }] };
    expect(
      row(
        '',
        'pods',
        pod(status, { nodeName: 'n', readinessGates: [{ conditionType: 'g' }, { conditionType: 'h' }] }),
      ).slice(5),
    ).toEqual(['10.1.1.1', 'n', '<none>', '1/2']);
    expect(row('', 'pods', {}).slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>']);
  });
});
