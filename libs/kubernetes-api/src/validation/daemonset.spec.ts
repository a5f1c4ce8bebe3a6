import { describe, expect, it } from 'vitest';
import { withDefaults } from '../defaulting/kind-defaults.ts';
import { cloneJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { fieldErrorMessage } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from './daemonset.ts';
import { dnsSubdomainMistakes } from '../selectors/label-names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';

type Spec = Record<string, unknown>;

const LABELS = { a: 'b' };
const podSpec = (more: Spec = {}): Spec => ({ containers: [{ name: 'abc', image: 'image' }], ...more });
const templateOf = (spec: Spec = podSpec(), metadata: Spec = { labels: LABELS }): Spec => ({ metadata, spec });

const daemonSet = (spec: Spec = {}, metadata: Spec = {}): JsonObject =>
  withDefaults('apps', 'DaemonSet', {
    metadata: { name: 'abc-123', namespace: 'default', resourceVersion: '1', uid: 'u', ...metadata },
    spec: { selector: { matchLabels: LABELS }, template: templateOf(), ...spec },
  });

const messages = (errors: readonly FieldError[]): string[] => errors.map(fieldErrorMessage);
const validate = (spec: Spec): string[] => messages(validateDaemonSet(daemonSet(spec)));
const rolling = (rollingUpdate: Spec): Spec => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const UPDATE = 'spec.updateStrategy.rollingUpdate';

describe('progress deadline', () => {
  const DEADLINE = 'everynode.dev/progress-deadline-seconds';
  const path = `metadata.annotations[${DEADLINE}]`;
  const withDeadline = (text: string, spec: Spec = {}): JsonObject => daemonSet(spec, { annotations: { [DEADLINE]: text } });

  it.each(['1', '600', '2147483647'])('accepts %s', (text) => {
    expect(validateDaemonSet(withDeadline(text))).toEqual([]);
  });

  it.each(['', '0', '-5', '1.5', '10s', ' 10', '2147483648'])('R89 refuses %j and names the annotation', (text) => {
    const expected = `${path}: Invalid value: ${JSON.stringify(text)}: must be a whole number of seconds from 1 to 2147483647, in decimal digits`;
    expect(messages(validateDaemonSet(withDeadline(text)))).toEqual([expected]);
    expect(messages(validateDaemonSetUpdate(withDeadline(text), daemonSet()))).toEqual([expected]);
  });

  it('R89 refuses one that Pods could not meet', () => {
    expect(messages(validateDaemonSet(withDeadline('30', { minReadySeconds: 30 })))).toEqual([
      `${path}: Invalid value: "30": must be greater than minReadySeconds`,
    ]);
    expect(validateDaemonSet(withDeadline('31', { minReadySeconds: 30 }))).toEqual([]);
  });

  it('lets an object that has a bad one already change in other ways', () => {
    const stored = withDeadline('soon');
    expect(validateDaemonSetUpdate({ ...stored }, stored)).toEqual([]);
  });
});

describe('updateStrategy', () => {
  it.each([
    [{ maxUnavailable: 1, maxSurge: 0 }],
    [{ maxUnavailable: '1%', maxSurge: 0 }],
    [{ maxUnavailable: '100%', maxSurge: '0%' }],
    [{ maxUnavailable: 0, maxSurge: 1 }],
    [{ maxUnavailable: '0%', maxSurge: '1%' }],
    [{ maxUnavailable: 0, maxSurge: '100%' }],
    [{ maxUnavailable: 5000, maxSurge: 0 }],
    [{}],
  ])('accepts %j', (rollingUpdate) => {
    expect(validate(rolling(rollingUpdate))).toEqual([]);
  });

  it.each([
    [{ maxUnavailable: '0%' }, [`${UPDATE}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`]],
    [{ maxUnavailable: 0 }, [`${UPDATE}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`]],
    [
      { maxUnavailable: 0, maxSurge: '0%' },
      [`${UPDATE}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`],
    ],
    [
      { maxUnavailable: '0%', maxSurge: '0%' },
      [`${UPDATE}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`],
    ],
    [{ maxUnavailable: '101%' }, [`${UPDATE}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`]],
    [
      { maxUnavailable: 0, maxSurge: '101%' },
      [`${UPDATE}.maxSurge: Invalid value: "101%": must not be greater than 100%`],
    ],
    [
      { maxUnavailable: '1%', maxSurge: '1%' },
      [`${UPDATE}.maxSurge: Invalid value: "1%": may not be set when maxUnavailable is non-zero`],
    ],
    [{ maxSurge: 1 }, [`${UPDATE}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`]],
    [
      { maxUnavailable: -1, maxSurge: 0 },
      [`${UPDATE}.maxUnavailable: Invalid value: -1: must be greater than or equal to 0`],
    ],
    [
      { maxUnavailable: 'x', maxSurge: 0 },
      [
        `${UPDATE}.maxUnavailable: Invalid value: "x": ${PERCENT_TEXT}`,
        `${UPDATE}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`,
      ],
    ],
  ])('refuses %j', (rollingUpdate, expected) => {
    expect(validate(rolling(rollingUpdate))).toEqual(expected);
  });

  it('refuses an unknown type with the whole strategy as bad value', () => {
    expect(validate({ updateStrategy: { type: 'Random' } })).toEqual([
      'spec.updateStrategy: Unsupported value: {"Type":"Random","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ]);
  });

  it('demands rollingUpdate when defaulting was bypassed, and nothing else then', () => {
    const bypassed = daemonSet();
    const spec = bypassed['spec'] as Spec;
    spec['updateStrategy'] = { type: 'RollingUpdate' };
    expect(messages(validateDaemonSet(bypassed))).toEqual(['spec.updateStrategy.rollingUpdate: Required value']);
  });

  it('accepts OnDelete without parameters', () => {
    expect(validate({ updateStrategy: { type: 'OnDelete' } })).toEqual([]);
  });
});

describe('create', () => {
  it('accepts the host network with a container port', () => {
    const containers = [{ name: 'abc', image: 'image', ports: [{ containerPort: 12_345 }] }];
    expect(validate({ template: templateOf(podSpec({ hostNetwork: true, containers })) })).toEqual([]);
  });

  it.each<[string, Spec, string[]]>([
    [
      'no selector',
      { selector: undefined },
      ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`'],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
    ],
    [
      'a selector that misses the template',
      { selector: { matchLabels: { c: 'd' } } },
      ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`'],
    ],
    [
      'a selector that cannot be parsed',
      { selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } },
      ['spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator'],
    ],
    [
      'restartPolicy OnFailure',
      { template: templateOf(podSpec({ restartPolicy: 'OnFailure' })) },
      ['spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"'],
    ],
    [
      'restartPolicy Never',
      { template: templateOf(podSpec({ restartPolicy: 'Never' })) },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'an active deadline',
      { template: templateOf(podSpec({ activeDeadlineSeconds: 5 })) },
      ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported'],
    ],
    [
      'ephemeral containers',
      { template: templateOf(podSpec({ ephemeralContainers: [{ name: 'd', image: 'i' }] })) },
      ['spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template'],
    ],
    ['no containers', { template: templateOf({}) }, ['spec.template.spec.containers: Required value']],
    [
      'negative minReadySeconds',
      { minReadySeconds: -1 },
      ['spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'a negative history limit',
      { revisionHistoryLimit: -1 },
      ['spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0'],
    ],
  ])('refuses %s', (_, spec, expected) => {
    expect(validate(spec)).toEqual(expected);
  });

  it('accepts a shared disk that is not read-only', () => {
    const volumes = [{ name: 'd', gcePersistentDisk: { pdName: 'x' } }];
    expect(validate({ template: templateOf(podSpec({ volumes })) })).toEqual([]);
  });

  it('shows absent labels of the template as null', () => {
    const [error = ''] = validate({ template: { spec: podSpec() } });
    expect(error).toContain('spec.template.metadata.labels: Invalid value: null: ');
  });

  it.each([
    ['5', 1],
    ['0', 2],
    ['abc', 2],
  ])('reads the number in a text without percent sign: %s', (maxUnavailable, count) => {
    expect(validate({ updateStrategy: { rollingUpdate: { maxUnavailable } } })).toHaveLength(count);
  });

  it('reports bad labels of the template without `.metadata` in the path', () => {
    const errors = validateDaemonSet(
      daemonSet({ template: templateOf(podSpec(), { labels: { a: 'b', '-x': 'y' }, annotations: { '-z': '' } }) }),
    );
    expect(errors.map(({ field }) => field)).toEqual(['spec.template.labels', 'spec.template.annotations']);
  });

  it('accepts a history limit of zero', () => {
    expect(validate({ revisionHistoryLimit: 0 })).toEqual([]);
  });

  it('reports an empty template at paths below spec.template and the selector', () => {
    const errors = validateDaemonSet(daemonSet({ template: {} }));
    expect(errors.map(({ field }) => field)).toEqual([
      'spec.template.metadata.labels',
      'spec.template.spec.containers',
    ]);
  });
});

describe('metadata', () => {
  const rules = { namespaced: true, nameMistakes: dnsSubdomainMistakes };
  const validateMeta = (metadata: Spec): string[] => messages(validateObjectMeta(daemonSet({}, metadata), rules));

  it.each<[Spec, string]>([
    [{ name: '' }, 'metadata.name: Required value: name or generateName is required'],
    [{ name: 'Abc' }, 'metadata.name: Invalid value: "Abc": a lowercase RFC 1123 subdomain must consist of'],
    [{ namespace: '' }, 'metadata.namespace: Required value'],
    [{ namespace: 'a.b' }, 'metadata.namespace: Invalid value: "a.b": must not contain dots'],
    [{ namespace: 'a_b' }, 'metadata.namespace: Invalid value: "a_b": a lowercase RFC 1123 label must consist of'],
    [{ labels: { '-a': 'b' } }, 'metadata.labels: Invalid value: "-a": name part must consist of'],
    [
      { labels: { a: '-' } },
      'metadata.labels: Invalid value: "-": a valid label must be an empty string or consist of',
    ],
    [{ annotations: { '-a': 'b' } }, 'metadata.annotations: Invalid value: "-a": name part must consist of'],
    [{ annotations: { a: 'x'.repeat(262_144) } }, 'metadata.annotations: Too long: may not be more than 262144 bytes'],
    [
      { finalizers: ['mine'] },
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n' }] },
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ],
    [{ generateName: '-' }, 'metadata.generateName: Invalid value: "-": a lowercase RFC 1123 subdomain'],
  ])('refuses %j', (metadata, message) => {
    const found = validateMeta(metadata);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it('allows one controller only', () => {
    const owner = (name: string): object => ({ apiVersion: 'v1', kind: 'K', name, uid: name, controller: true });
    expect(validateMeta({ ownerReferences: [owner('x')] })).toEqual([]);
    expect(validateMeta({ ownerReferences: [owner('x'), owner('y')] })[0]).toContain(
      'Only one reference can have Controller set to true. Found "true" in references for K/x and K/y',
    );
  });

  it('accepts annotation keys in capitals, prefixes that end in a dash and standard finalizers', () => {
    expect(
      validateMeta({
        annotations: { 'EXAMPLE.com/X': 'y' },
        generateName: 'a-',
        finalizers: ['foregroundDeletion', 'a.io/b'],
      }),
    ).toEqual([]);
  });

  it('refuses a namespace on a cluster-scoped kind', () => {
    expect(messages(validateObjectMeta(daemonSet(), { ...rules, namespaced: false }))).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
  });

  it.each<[Spec, string]>([
    [{ name: 'other' }, 'metadata.name: Invalid value: "other": field is immutable'],
    [{ uid: 'v' }, 'metadata.uid: Invalid value: "v": field is immutable'],
    [{ resourceVersion: '' }, 'metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    [{ generation: -1 }, 'metadata.generation: Invalid value: -1: must not be decremented'],
    [
      { deletionTimestamp: '2026-01-01T00:00:00Z' },
      'metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable',
    ],
  ])('refuses an update with %j', (metadata, message) => {
    expect(messages(validateObjectMetaUpdate(daemonSet({}, metadata), daemonSet()))).toEqual([message]);
  });
});

describe('update', () => {
  const update = (spec: Spec, old: Spec = {}): string[] =>
    messages(validateDaemonSetUpdate(daemonSet(spec), daemonSet(old)));

  it('accepts no change, another template and another strategy', () => {
    expect(update({})).toEqual([]);
    expect(update({ template: templateOf(podSpec({ containers: [{ name: 'abc', image: 'new' }] })) })).toEqual([]);
    expect(update({}, { updateStrategy: { type: 'OnDelete' } })).toEqual([]);
  });

  it('refuses another selector with exactly one error', () => {
    expect(
      update({ selector: { matchLabels: { c: 'd' } }, template: templateOf(podSpec(), { labels: { c: 'd' } }) }),
    ).toEqual(['spec.selector: Invalid value: {"matchLabels":{"c":"d"}}: field is immutable']);
  });

  it('keeps an old selector with a label value that would be refused today', () => {
    const spec = {
      selector: { matchLabels: LABELS, matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['-bad-'] }] },
    };
    expect(update(spec, spec)).toEqual([]);
    expect(validate(spec)).toHaveLength(1);
  });

  it.each<[string, Spec]>([
    ['a template without containers', { template: templateOf({}) }],
    ['an unknown strategy', { updateStrategy: { type: 'Random' } }],
  ])('refuses %s with one error', (_, spec) => {
    expect(update(spec)).toHaveLength(1);
  });
});

describe('status', () => {
  const FIELDS = [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ];
  const withStatus = (status: Spec): JsonObject => ({ ...cloneJson(daemonSet()), status });

  it.each(FIELDS)('refuses a negative %s', (field) => {
    expect(messages(validateDaemonSetStatus(withStatus({ [field]: -1 }), withStatus({})))).toEqual([
      `status.${field}: Invalid value: -1: must be greater than or equal to 0`,
    ]);
  });

  it('lets collisionCount only grow', () => {
    const change = (from: Spec, to: Spec): string[] =>
      messages(validateDaemonSetStatus(withStatus(to), withStatus(from)));
    expect(change({ collisionCount: 1 }, { collisionCount: 2 })).toEqual([]);
    expect(change({}, { collisionCount: 0 })).toEqual([]);
    expect(change({ collisionCount: 2 }, { collisionCount: 1 })).toEqual([
      'status.collisionCount: Invalid value: 1: cannot be decremented',
    ]);
    expect(change({ collisionCount: 0 }, {})).toEqual([
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ]);
    expect(change({ observedGeneration: 5, numberReady: 9 }, { observedGeneration: 1, numberReady: 9 })).toEqual([]);
  });
});
