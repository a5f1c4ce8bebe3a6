import { describe, expect, it } from 'vitest';
import { objectAt, valueAt } from '../json/json-value.ts';
import { schemaOfKind } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { base64OfText } from './base64.ts';
import { withDefaults } from './kind-defaults.ts';
import { normalForm } from './normal-form.ts';
import { semanticEqual } from './semantic-equal.ts';

const schemaOf = (group: string, kind: string): SchemaNode => schemaOfKind(group, 'v1', kind) ?? {};
const DAEMONSET = schemaOf('apps', 'DaemonSet');
const normal = (value: unknown, schema: SchemaNode = DAEMONSET): unknown => normalForm(schema, 'DaemonSet', value);

const daemonSetSpec = (spec: object): unknown => valueAt(withDefaults('apps', 'DaemonSet', { spec }), 'spec');
const container = (fields: object): unknown =>
  valueAt(
    withDefaults('', 'Pod', { spec: { containers: [{ name: 'c', image: 'i:1', ...fields }] } }),
    'spec',
    'containers',
  );
const volume = (fields: object): unknown =>
  valueAt(withDefaults('', 'Pod', { spec: { volumes: [{ name: 'v', ...fields }] } }), 'spec', 'volumes');

describe('DaemonSet defaults', () => {
  it.each([
    [{}, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, 10],
    [{ revisionHistoryLimit: 1 }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, 1],
    [{ revisionHistoryLimit: 0 }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }, 0],
    [{ updateStrategy: { type: 'OnDelete' } }, { type: 'OnDelete' }, 10],
    [
      { updateStrategy: { rollingUpdate: { maxSurge: 1 } } },
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      10,
    ],
  ])('of %j', (spec, updateStrategy, revisionHistoryLimit) => {
    expect(daemonSetSpec(spec)).toMatchObject({ updateStrategy, revisionHistoryLimit });
    expect(Object.keys(objectAt(daemonSetSpec(spec), 'updateStrategy')).length).toBe(
      Object.keys(updateStrategy).length,
    );
  });

  it('leave labels and selector alone', () => {
    const result = withDefaults('apps', 'DaemonSet', { spec: { template: { metadata: { labels: { a: 'b' } } } } });
    expect(valueAt(result, 'metadata')).toBeUndefined();
    expect(valueAt(result, 'spec', 'selector')).toBeUndefined();
  });

  it('do not change their input', () => {
    const input = { spec: {} };
    withDefaults('apps', 'DaemonSet', input);
    expect(input).toEqual({ spec: {} });
  });
});

describe('container defaults', () => {
  it.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1.25', 'IfNotPresent'],
    ['host:5000/nginx', 'Always'],
    ['host:5000/nginx:1', 'IfNotPresent'],
    [`nginx@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('pull %s %s', (image, policy) => {
    expect(container({ image })).toMatchObject([{ imagePullPolicy: policy }]);
  });

  it('fill probes, ports, hooks and references', () => {
    expect(
      container({
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { port: 80 } },
        readinessProbe: { grpc: { port: 1 }, periodSeconds: 3 },
        lifecycle: { preStop: { httpGet: { port: 80 } } },
        env: [
          { name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'R', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
      }),
    ).toEqual([
      {
        name: 'c',
        image: 'i:1',
        imagePullPolicy: 'IfNotPresent',
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        resources: {},
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        livenessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
        readinessProbe: {
          grpc: { port: 1, service: '' },
          timeoutSeconds: 1,
          periodSeconds: 3,
          successThreshold: 1,
          failureThreshold: 3,
        },
        lifecycle: { preStop: { httpGet: { port: 80, path: '/', scheme: 'HTTP' } } },
        env: [
          { name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName', apiVersion: 'v1' } } },
          { name: 'R', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
        ],
      },
    ]);
  });

  it('take the container port as host port in the host network', () => {
    const pod = withDefaults('', 'Pod', {
      spec: { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] },
    });
    expect(pod).toMatchObject({ spec: { containers: [{ ports: [{ hostPort: 80 }] }] } });
  });

  it('round amounts up to thousandths', () => {
    expect(container({ resources: { requests: { cpu: '0.0001', memory: '1.5', 'example.com/x': '-0.0001' } } })).toMatchObject([
      { resources: { requests: { cpu: '1m', memory: '1.5', 'example.com/x': '-1m' } } },
    ]);
  });

  it('give a pod with a negative time to end the shortest', () => {
    expect(withDefaults('', 'Pod', { spec: { terminationGracePeriodSeconds: -1 } })).toMatchObject({ spec: { terminationGracePeriodSeconds: 1 } });
  });

  it('leave host ports of a template to its pods', () => {
    const spec = { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] };
    const daemonSet = withDefaults('apps', 'DaemonSet', { spec: { template: { spec } } });
    expect(JSON.stringify(daemonSet)).not.toContain('hostPort');
  });
});

describe('strategy and node defaults', () => {
  it('write zeros beside a limit that an OnDelete strategy names', () => {
    const updateStrategy = { type: 'OnDelete', rollingUpdate: { maxUnavailable: 2 } };
    expect(withDefaults('apps', 'DaemonSet', { spec: { updateStrategy } })).toMatchObject({
      spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 2, maxSurge: 0 } } },
    });
  });

  it('show the address range of a node both ways', () => {
    const podCIDR = '10.0.0.0/24';
    const both = { podCIDR, podCIDRs: [podCIDR] };
    expect(withDefaults('', 'Node', { spec: { podCIDR } })['spec']).toEqual(both);
    expect(withDefaults('', 'Node', { spec: { podCIDRs: [podCIDR] } })['spec']).toEqual(both);
  });

  it('take the capacity of a node for allocatable only when nothing is said of it', () => {
    const capacity = { cpu: '4', pods: '110' };
    expect(withDefaults('', 'Node', { status: { capacity } })).toMatchObject({ status: { allocatable: capacity } });
    const partly = withDefaults('', 'Node', { status: { capacity, allocatable: { cpu: '3' } } });
    expect(partly['status']).toMatchObject({ allocatable: { cpu: '3' }, nodeInfo: { kernelVersion: '' } });
    expect(JSON.stringify(partly)).toContain('"allocatable":{"cpu":"3"}');
  });
});

describe('volume defaults', () => {
  it.each([
    [{}, { emptyDir: {} }],
    [{ hostPath: { path: '/x' } }, { hostPath: { path: '/x', type: '' } }],
    [{ secret: { secretName: 's' } }, { secret: { secretName: 's', defaultMode: 420 } }],
    [{ configMap: { name: 'c', defaultMode: 256 } }, { configMap: { name: 'c', defaultMode: 256 } }],
    [
      { projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
      { projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    ],
  ])('of %j', (given, expected) => {
    expect(volume(given)).toEqual([{ name: 'v', ...expected }]);
  });
});

describe('other defaults', () => {
  it('share the name of the service account', () => {
    expect(withDefaults('', 'Pod', { spec: { serviceAccountName: 'x' } })).toMatchObject({
      spec: { serviceAccount: 'x' },
    });
    expect(withDefaults('', 'Pod', { spec: { serviceAccount: 'x' } })).toMatchObject({
      spec: { serviceAccountName: 'x' },
    });
  });

  it('turn the texts of a secret into data', () => {
    expect(withDefaults('', 'Secret', { data: { a: 'eA==', b: 'eQ==' }, stringData: { a: 'é€😀' } })).toEqual({
      type: 'Opaque',
      data: { a: base64OfText('é€😀'), b: 'eQ==' },
    });
    expect(base64OfText('é€😀')).toBe('w6nigqzwn5iA');
    expect(['', 'f', 'fo', 'foo'].map(base64OfText)).toEqual(['', 'Zg==', 'Zm8=', 'Zm9v']);
  });

  it('take capacity as allocatable', () => {
    expect(withDefaults('', 'Node', { status: { capacity: { cpu: '4' } } })).toMatchObject({
      status: { allocatable: { cpu: '4' } },
    });
  });
});

describe('normal form', () => {
  it('is the same text for what means the same', () => {
    const one = {
      spec: {
        template: {
          spec: {
            hostNetwork: false,
            volumes: [],
            nodeSelector: {},
            containers: [{ name: 'c', env: null, resources: { limits: { cpu: '1000m' } } }],
          },
        },
        minReadySeconds: 0,
      },
    };
    const other = {
      spec: { template: { spec: { containers: [{ resources: { limits: { cpu: 1 } }, name: 'c', args: [] }] } } },
    };
    expect(JSON.stringify(normal(one))).toBe(JSON.stringify(normal(other)));
  });

  it('keeps zeros that mean something', () => {
    const spec = {
      revisionHistoryLimit: 0,
      updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      template: {
        spec: {
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          securityContext: { runAsUser: 0 },
          volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/', type: '' } }],
        },
      },
    };
    expect(normal({ spec })).toMatchObject({ spec });
  });

  it('writes required numbers even when nobody set them', () => {
    expect(normal({ status: {} })).toEqual({
      status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
    });
  });

  it('keeps the data of a revision verbatim', () => {
    const data = { z: 0, a: { b: null, c: [], d: {} } };
    expect(JSON.stringify(valueAt(normal({ data, revision: 1 }, schemaOf('apps', 'ControllerRevision')), 'data'))).toBe(
      JSON.stringify(data),
    );
  });

  it('brings times into UTC', () => {
    const lease = {
      metadata: { creationTimestamp: '2026-01-01T02:00:00.5+02:00' },
      spec: { renewTime: '2026-01-01T00:00:00.12Z' },
    };
    expect(normal(lease, schemaOf('coordination.k8s.io', 'Lease'))).toEqual({
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { renewTime: '2026-01-01T00:00:00.120000Z' },
    });
  });

  it('does not change when applied again', () => {
    const once = normal(
      withDefaults('apps', 'DaemonSet', { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } }),
    );
    expect(JSON.stringify(normal(once))).toBe(JSON.stringify(once));
  });
});

describe('semanticEqual', () => {
  it('takes absent, null and empty lists as one and compares quantities by value', () => {
    expect(semanticEqual({ a: [], b: null }, {})).toBe(true);
    expect(semanticEqual({ limits: { cpu: '1000m' } }, { limits: { cpu: '1' } })).toBe(true);
    expect(semanticEqual({ limits: { cpu: '1000m' } }, { limits: { cpu: '2' } })).toBe(false);
    expect(semanticEqual({ emptyDir: {} }, {})).toBe(false);
    expect(semanticEqual({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  });

  it('knows with a schema which zeros mean nothing', () => {
    const spec = (template: object): object => ({ spec: { template: { spec: template } } });
    expect(semanticEqual(spec({ hostNetwork: false }), spec({}), DAEMONSET)).toBe(true);
    expect(semanticEqual(spec({ hostNetwork: true }), spec({}), DAEMONSET)).toBe(false);
    expect(semanticEqual(spec({ automountServiceAccountToken: false }), spec({}), DAEMONSET)).toBe(false);
  });
});
