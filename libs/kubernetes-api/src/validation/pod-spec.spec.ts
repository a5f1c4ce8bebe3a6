import { describe, expect, it } from 'vitest';
import { withDefaults } from '../defaulting/kind-defaults.ts';
import type { JsonObject } from '../json/json-value.ts';
import { fieldErrorMessage } from '../status/field-error.ts';
import { POD_IMMUTABLE_TEXT, validatePod, validatePodStatus, validatePodUpdate } from './pod.ts';

type Spec = Record<string, unknown>;

const container = (more: Spec = {}): Spec => ({ name: 'c', image: 'i', ...more });
const pod = (spec: Spec = {}): JsonObject => withDefaults('', 'Pod', { spec: { containers: [container()], ...spec } });
const validate = (spec: Spec): string[] => validatePod(pod(spec)).map(fieldErrorMessage);
const validateContainer = (more: Spec): string[] => validate({ containers: [container(more)] });

const C = 'spec.containers[0]';
const DNS_LABEL = 'a lowercase RFC 1123 label must consist of lower case alphanumeric';

const expectOne = (found: readonly string[], start: string): void => {
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(start);
};

describe('containers', () => {
  it.each<[Spec, string]>([
    [{ name: '' }, `${C}.name: Required value`],
    [{ name: 'A_b' }, `${C}.name: Invalid value: "A_b": ${DNS_LABEL}`],
    [{ image: '' }, `${C}.image: Required value`],
    [{ image: ' x' }, `${C}.image: Invalid value: " x": must not have leading or trailing whitespace`],
    [
      { imagePullPolicy: 'Sometimes' },
      `${C}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
    ],
    [
      { terminationMessagePolicy: 'x' },
      `${C}.terminationMessagePolicy: Unsupported value: "x": supported values: "File", "FallbackToLogsOnError"`,
    ],
    [{ restartPolicy: 'Always' }, `${C}.restartPolicy: Forbidden: may not be set for non-init containers`],
    [{ ports: [{}] }, `${C}.ports[0].containerPort: Required value`],
    [
      { ports: [{ containerPort: 65_536 }] },
      `${C}.ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive`,
    ],
    [
      { ports: [{ containerPort: 1, hostPort: -1 }] },
      `${C}.ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive`,
    ],
    [
      { ports: [{ containerPort: 1, protocol: 'ICMP' }] },
      `${C}.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"`,
    ],
    [
      { ports: [{ containerPort: 1, name: 'a_b' }] },
      `${C}.ports[0].name: Invalid value: "a_b": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
    ],
    [
      {
        ports: [
          { containerPort: 1, name: 'a' },
          { containerPort: 2, name: 'a' },
        ],
      },
      `${C}.ports[1].name: Duplicate value: "a"`,
    ],
    [
      {
        ports: [
          { containerPort: 1, hostPort: 5 },
          { containerPort: 2, hostPort: 5 },
        ],
      },
      `${C}.ports[1].hostPort: Duplicate value: "TCP//5"`,
    ],
    [{ env: [{ value: 'x' }] }, `${C}.env[0].name: Required value`],
    [
      { env: [{ name: 'a=b' }] },
      `${C}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
    [{ env: [{ name: 'a', valueFrom: {} }] }, `${C}.env[0].valueFrom: Invalid value: "": must specify one of:`],
    [
      { env: [{ name: 'a', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      `${C}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
    ],
    [{ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, `${C}.volumeMounts[0].name: Not found: "v"`],
    [
      { resources: { requests: { cpu: '-1' } } },
      `${C}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
    ],
    [
      { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
      `${C}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
    ],
    [{ livenessProbe: {} }, `${C}.livenessProbe: Required value: must specify a handler type`],
    [{ livenessProbe: { exec: {} } }, `${C}.livenessProbe.exec.command: Required value`],
    [
      { livenessProbe: { tcpSocket: { port: 0 } } },
      `${C}.livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
    ],
    [
      { livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: -1 } },
      `${C}.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
    ],
    [
      { livenessProbe: { tcpSocket: { port: 1 }, successThreshold: 2 } },
      `${C}.livenessProbe.successThreshold: Invalid value: 2: must be 1`,
    ],
    [
      { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 5 } },
      `${C}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 5: must not be set for readinessProbes`,
    ],
    [
      { readinessProbe: { tcpSocket: { port: 1 }, httpGet: { port: 1 } } },
      `${C}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
    ],
    [
      { lifecycle: { preStop: { httpGet: { port: 'x_y' } } } },
      `${C}.lifecycle.preStop.httpGet.port: Invalid value: "x_y"`,
    ],
    [
      { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
      `${C}.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
    ],
  ])('refuses %j', (more, message) => {
    expectOne(validateContainer(more), message);
  });

  it('ask only for resources that exist, and for counted ones with a limit', () => {
    const fieldsOf = (resources: object): string[] => validateContainer({ resources });
    expect(fieldsOf({ requests: { gpu: '1' } }).map((text) => text.split(': ').slice(0, 4).join(': '))).toEqual([
      `${C}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`,
      `${C}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers`,
    ]);
    expectOne(
      fieldsOf({ requests: { 'example.com/gpu': '1' } }),
      `${C}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
    );
  });

  it('have sources for their environment', () => {
    const sources = [{}, { configMapRef: { name: 'a' }, secretRef: { name: 'b' } }, { prefix: 'a=', secretRef: {} }];
    expect(validateContainer({ envFrom: sources }).map((text) => text.split(': ').slice(0, 2).join(': '))).toEqual([
      `${C}.envFrom: Invalid value`,
      `${C}.envFrom: Invalid value`,
      `${C}.envFrom[2].prefix: Invalid value`,
      `${C}.envFrom[2].secretRef.name: Required value`,
    ]);
    const env = ['metadata.name', "metadata.labels['a']", 'spec.junk'].map((fieldPath) => ({
      name: 'A',
      valueFrom: { fieldRef: { fieldPath } },
    }));
    expectOne(
      validateContainer({ env }),
      `${C}.env[2].valueFrom.fieldRef.fieldPath: Invalid value: "spec.junk": error converting fieldPath: field label not supported: spec.junk`,
    );
  });

  it('have unique names over all lists', () => {
    expect(
      validate({
        initContainers: [container({ name: 'x' })],
        containers: [container(), container(), container({ name: 'x' })],
      }),
    ).toEqual(['spec.containers[1].name: Duplicate value: "c"', 'spec.initContainers[0].name: Duplicate value: "x"']);
  });

  it('accept what a full template has', () => {
    expect(
      validate({
        volumes: [
          { name: 'v' },
          { name: 'h', hostPath: { path: '/var/log' } },
          { name: 's', secret: { secretName: 'x' } },
        ],
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [
          { operator: 'Exists' },
          { key: 'a', value: 'b', effect: 'NoSchedule' },
          { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
        ],
        initContainers: [
          container({ name: 'sidecar', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 'web' } } }),
        ],
        containers: [
          container({
            ports: [
              { name: 'web', containerPort: 80, hostPort: 80 },
              { containerPort: 80, hostPort: 80, protocol: 'UDP' },
            ],
            env: [
              { name: 'A.b-c', value: 'x' },
              { name: 'N', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            ],
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'h', mountPath: '/h', readOnly: true },
            ],
            resources: {
              limits: { cpu: '1', 'example.com/gpu': '2' },
              requests: { cpu: '100m', 'example.com/gpu': '2' },
            },
            readinessProbe: { httpGet: { port: 'web' }, successThreshold: 2 },
            lifecycle: { preStop: { sleep: { seconds: 5 } } },
          }),
        ],
      }),
    ).toEqual([]);
  });
});

describe('pod spec', () => {
  const AFFINITY = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const nodeAffinity = (...nodeSelectorTerms: Spec[]): Spec => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });

  it.each<[string, Spec, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    [
      'a bad restartPolicy',
      { restartPolicy: 'x' },
      'spec.restartPolicy: Unsupported value: "x": supported values: "Always", "OnFailure", "Never"',
    ],
    ['a bad dnsPolicy', { dnsPolicy: 'x' }, 'spec.dnsPolicy: Unsupported value: "x"'],
    [
      'dnsPolicy None without configuration',
      { dnsPolicy: 'None' },
      'spec.dnsConfig: Required value: must provide `dnsConfig`',
    ],
    [
      'dnsPolicy None without servers',
      { dnsPolicy: 'None', dnsConfig: {} },
      'spec.dnsConfig.nameservers: Required value',
    ],
    [
      'a name server that is no address',
      { dnsConfig: { nameservers: ['10.0.0.1', '2001:db8::1', 'x'] } },
      'spec.dnsConfig.nameservers[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'too many name servers',
      { dnsConfig: { nameservers: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'] } },
      'spec.dnsConfig.nameservers: Invalid value: ["10.0.0.1","10.0.0.2","10.0.0.3","10.0.0.4"]: must not have more than 3 nameservers',
    ],
    [
      'an option without name',
      { dnsConfig: { options: [{}] } },
      'spec.dnsConfig.options[0]: Required value: must not be empty',
    ],
    [
      'a bad search domain',
      { dnsConfig: { searches: ['.', 'a_b.', 'a b'] } },
      'spec.dnsConfig.searches[2]: Invalid value: "a b"',
    ],
    [
      'a host alias without address',
      { hostAliases: [{ ip: '1.2.3', hostnames: ['a'] }] },
      'spec.hostAliases[0].ip: Invalid value: "1.2.3"',
    ],
    [
      'a bad host alias',
      { hostAliases: [{ ip: '::1', hostnames: ['A'] }] },
      'spec.hostAliases[0].hostnames[0]: Invalid value: "A"',
    ],
    [
      'a bad readiness gate',
      { readinessGates: [{ conditionType: 'a b' }] },
      'spec.readinessGates[0].conditionType: Invalid value: "a b"',
    ],
    ['a bad runtime class', { runtimeClassName: 'A' }, 'spec.runtimeClassName: Invalid value: "A"'],
    [
      'an unknown system',
      { os: { name: 'beos' } },
      'spec.os: Unsupported value: "beos": supported values: "linux", "windows"',
    ],
    ['a subdomain of two labels', { subdomain: 'a.b' }, 'spec.subdomain: Invalid value: "a.b": must not contain dots'],
    [
      'a bad user',
      { securityContext: { runAsUser: -1 } },
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0',
    ],
    [
      'a bad sysctl',
      { securityContext: { sysctls: [{ name: 'a b' }] } },
      'spec.securityContext.sysctls[0].name: Invalid value: "a b"',
    ],
    [
      'a deadline of zero',
      { activeDeadlineSeconds: 0 },
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
    ['a bad node selector', { nodeSelector: { '-a': 'b' } }, 'spec.nodeSelector: Invalid value: "-a"'],
    ['a bad node name', { nodeName: 'A' }, 'spec.nodeName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
    ['a volume without name', { volumes: [{ emptyDir: {} }] }, 'spec.volumes[0].name: Required value'],
    [
      'two sources',
      { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] },
      'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
    ],
    [
      'a path upwards',
      { volumes: [{ name: 'v', hostPath: { path: '/a/../b' } }] },
      'spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
    ],
    [
      'two volumes of one name',
      { volumes: [{ name: 'v' }, { name: 'v' }] },
      'spec.volumes[1].name: Duplicate value: "v"',
    ],
    [
      'other ports than the host has',
      { hostNetwork: true, containers: [container({ ports: [{ containerPort: 1, hostPort: 2 }] })] },
      'spec.containers[0].ports[0].hostPort: Invalid value: 2: must match `containerPort` when `hostNetwork` is true',
    ],
    [
      'a probe of an init container',
      { initContainers: [container({ name: 'x', startupProbe: { exec: { command: ['a'] } } })] },
      'spec.initContainers[0].startupProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
    ['no terms', nodeAffinity(), `${AFFINITY}: Required value: must have at least one node selector term`],
    [
      'In without values',
      nodeAffinity({ matchExpressions: [{ key: 'a', operator: 'In' }] }),
      `${AFFINITY}[0].matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
    ],
    [
      'Gt with two values',
      nodeAffinity({ matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1', '2'] }] }),
      `${AFFINITY}[0].matchExpressions[0].values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
    ],
    [
      'two node names',
      nodeAffinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] }),
      `${AFFINITY}[0].matchFields[0].values: Required value: must be only one value when \`operator\` is 'In' or 'NotIn' for node field selector`,
    ],
    [
      'another field',
      nodeAffinity({ matchFields: [{ key: 'spec.x', operator: 'In', values: ['a'] }] }),
      `${AFFINITY}[0].matchFields[0].key: Invalid value: "spec.x": not a valid field selector key`,
    ],
    [
      'Exists on a field',
      nodeAffinity({ matchFields: [{ key: 'metadata.name', operator: 'Exists' }] }),
      `${AFFINITY}[0].matchFields[0].operator: Invalid value: "Exists": not a valid selector operator`,
    ],
    [
      'a weight of zero',
      { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ preference: {} }] } } },
      'weight: Invalid value: 0: must be in the range 1-100',
    ],
    [
      'no skew',
      { topologySpreadConstraints: [{ topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule' }] },
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
    ],
  ])('refuses %s', (_, spec, message) => {
    expectOne(validate(spec), message);
  });

  it.each<[Spec, string]>([
    [
      { key: 'a', operator: 'Exists', value: 'b' },
      '.operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
    ],
    [
      { value: 'b' },
      '.operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
    [{ key: 'a', operator: 'Near' }, '.operator: Unsupported value: "Near": supported values: "Equal", "Exists"'],
    [
      { key: 'a', operator: 'Exists', effect: 'x' },
      '.effect: Unsupported value: "x": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ],
    [
      { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 },
      '.effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
    ],
    [{ key: '-', operator: 'Exists' }, '.key: Invalid value: "-": name part must consist of'],
  ])('refuses the toleration %j', (toleration, message) => {
    expectOne(validate({ tolerations: [toleration] }), `spec.tolerations[0]${message}`);
  });
});

describe('pod update', () => {
  const update = (spec: Spec, old: Spec = {}): string[] =>
    validatePodUpdate(pod(spec), pod(old)).map(fieldErrorMessage);
  const TOLERATION = { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 };

  it('allows images, more tolerations, other tolerationSeconds and a shorter deadline', () => {
    expect(update({ containers: [container({ image: 'other' })] })).toEqual([]);
    expect(
      update(
        { tolerations: [{ ...TOLERATION, tolerationSeconds: 9 }, { operator: 'Exists' }] },
        { tolerations: [TOLERATION] },
      ),
    ).toEqual([]);
    expect(update({ activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 9 })).toEqual([]);
    expect(update({ activeDeadlineSeconds: 5 })).toEqual([]);
  });

  it.each<[string, Spec, Spec, string]>([
    ['another node', { nodeName: 'b' }, { nodeName: 'a' }, `spec: Forbidden: ${POD_IMMUTABLE_TEXT}`],
    ['another command', { containers: [container({ command: ['x'] })] }, {}, `spec: Forbidden: ${POD_IMMUTABLE_TEXT}`],
    [
      'another container',
      { containers: [container(), container({ name: 'd' })] },
      {},
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    ],
    [
      'fewer tolerations',
      {},
      { tolerations: [TOLERATION] },
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
    [
      'a longer deadline',
      { activeDeadlineSeconds: 9 },
      { activeDeadlineSeconds: 5 },
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ],
    [
      'no deadline any more',
      {},
      { activeDeadlineSeconds: 5 },
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ],
  ])('refuses %s', (_, spec, old, message) => {
    expect(update(spec, old)).toEqual([message]);
  });

  it.each([
    [{ qosClass: 'Guaranteed' }, 'status.qosClass: Invalid value: "Guaranteed": field is immutable'],
    [{ conditions: [{ type: 'a b' }] }, 'status.conditions[0].Type: Invalid value: "a b"'],
    [{ podIP: 'x' }, 'status.podIPs[0]: Invalid value: "x": must be a valid IP address'],
  ])('refuses the status %j', (status, message) => {
    const existing = { status: { qosClass: 'BestEffort' } };
    expectOne(validatePodStatus({ status }, existing).map(fieldErrorMessage), message);
  });

  it('takes any phase, as kubelets are trusted with it', () => {
    expect(validatePodStatus({ status: { phase: 'Happy' } }, {})).toEqual([]);
  });
});
