import { describe, expect, it } from 'vitest';
import { decodeFields } from './decode-fields.ts';
import type { DecodedFields, FieldValidation } from './decode-fields.ts';
import goErrorsJson from './fixtures/go-errors.json' with { type: 'json' };

const DAEMONSET = { group: 'apps', version: 'v1', kind: 'DaemonSet' };
const STRICT = 'DaemonSet in version "v1" cannot be handled as a DaemonSet: strict decoding error: ';

function daemonSet(changes: { spec?: object; podSpec?: object; container?: object; metadata?: object } = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', creationTimestamp: null, ...changes.metadata },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [{ name: 'c', image: 'nginx', ...changes.container }],
          tolerations: [{ operator: 'Exists' }],
          ...changes.podSpec,
        },
      },
      ...changes.spec,
    },
  };
}

const decode = (value: unknown, mode: FieldValidation = 'Strict'): DecodedFields =>
  decodeFields(DAEMONSET, value, mode);

function refusal(value: unknown, mode: FieldValidation = 'Strict', kind = DAEMONSET): string {
  const result = decodeFields(kind, value, mode);
  return result.outcome === 'refused' ? result.message : 'not refused';
}

describe('decodeFields with unknown fields', () => {
  it('refuses a misspelt top-level field and names the one that was meant', () => {
    const { spec, ...rest } = daemonSet() as { spec: object };
    expect(refusal({ ...rest, sepc: spec })).toBe(`${STRICT}unknown field "sepc" (did you mean "spec"?)`);
  });

  it('refuses a misspelt field of a toleration by its path', () => {
    expect(refusal(daemonSet({ podSpec: { tolerations: [{ operater: 'Exists' }] } }))).toBe(
      `${STRICT}unknown field "spec.template.spec.tolerations[0].operater" (did you mean "operator"?)`,
    );
  });

  it('keeps upstream text whole in front of several suggestions', () => {
    const value = daemonSet({ spec: { bogus: 1, minReadySecond: 5 }, container: { Image: 'x' } });
    expect(refusal(value)).toBe(
      `${STRICT}unknown field "spec.template.spec.containers[0].Image", unknown field "spec.bogus", ` +
        'unknown field "spec.minReadySecond" (did you mean "image" for "spec.template.spec.containers[0].Image", ' +
        '"minReadySeconds" for "spec.minReadySecond"?)',
    );
  });

  it('suggests nothing when nothing is near', () => {
    expect(refusal(daemonSet({ spec: { bogus: 1 } }))).toBe(`${STRICT}unknown field "spec.bogus"`);
  });

  it('drops unknown fields and warns in Warn mode', () => {
    expect(decode({ ...daemonSet(), sepc: {} }, 'Warn')).toEqual({
      outcome: 'decoded',
      value: (decode(daemonSet()) as { value: object }).value,
      warnings: ['unknown field "sepc" (did you mean "spec"?)'],
    });
  });

  it('drops unknown fields in silence in Ignore mode', () => {
    const result = decode(daemonSet({ spec: { bogus: { deep: true } } }), 'Ignore');
    expect(result).toMatchObject({ outcome: 'decoded', warnings: [] });
    expect(JSON.stringify(result)).not.toContain('bogus');
  });

  it('reports no more than a hundred', () => {
    const spec = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`unknown${index}`, 1]));
    expect(refusal(daemonSet({ spec })).match(/unknown field/g)).toHaveLength(100);
  });

  it('treats names inherited from Object as unknown', () => {
    expect(refusal(daemonSet({ spec: { constructor: 1 } }))).toContain('unknown field "spec.constructor"');
  });
});

describe('decodeFields with valid objects', () => {
  it('accepts explicit nulls as unset', () => {
    const result = decode(daemonSet({ spec: { updateStrategy: null }, podSpec: { volumes: null } }));
    expect(result).toEqual(decode(daemonSet()));
    expect(result).toMatchObject({ outcome: 'decoded', value: { metadata: { name: 'web' } } });
  });

  it('turns a null inside a map into its zero value', () => {
    const result = decode(daemonSet({ metadata: { labels: { a: null } } }));
    expect(result).toMatchObject({ value: { metadata: { labels: { a: '' } } } });
  });

  it('keeps map keys that look like unknown fields or prototypes', () => {
    const labels = JSON.parse('{"__proto__":"x","sepc":"y"}') as object;
    const result = decode(daemonSet({ metadata: { labels } }));
    expect(JSON.stringify(result)).toContain('"__proto__":"x","sepc":"y"');
  });

  it('keeps free-form data as it is', () => {
    const kind = { group: 'apps', version: 'v1', kind: 'ControllerRevision' };
    const data = { spec: { template: { $patch: 'replace', unknown: null } } };
    expect(decodeFields(kind, { revision: 1, data }, 'Strict')).toMatchObject({ value: { data } });
  });

  it('accepts quantities as numbers and integers or strings where both are allowed', () => {
    const result = decode(
      daemonSet({
        container: { resources: { requests: { cpu: 1.5, memory: '64Mi' } } },
        spec: { updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' } } },
      }),
    );
    expect(result).toMatchObject({
      value: {
        spec: { template: { spec: { containers: [{ resources: { requests: { cpu: '1.5', memory: '64Mi' } } }] } } },
      },
    });
  });

  it('does not change its input', () => {
    const value = daemonSet({ spec: { bogus: 1 } });
    const before = JSON.stringify(value);
    decode(value, 'Ignore');
    expect(JSON.stringify(value)).toBe(before);
  });
});

describe('decodeFields with values of the wrong type', () => {
  const PREFIX = 'DaemonSet in version "v1" cannot be handled as a DaemonSet: ';
  const podSpecField = (field: string): string => `spec.template.spec.${field}`;

  it.each<[string, object, string]>([
    [
      'a string for an integer',
      daemonSet({ spec: { minReadySeconds: '5' } }),
      'json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ],
    [
      'a fraction for an integer',
      daemonSet({ spec: { minReadySeconds: 1.5 } }),
      'json: cannot unmarshal number 1.5 into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ],
    [
      'an integer out of range',
      daemonSet({ spec: { revisionHistoryLimit: 2 ** 31 } }),
      'json: cannot unmarshal number 2147483648 into Go struct field DaemonSetSpec.spec.revisionHistoryLimit of type int32',
    ],
    [
      'a number for a label value',
      daemonSet({ metadata: { labels: { a: 1 } } }),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'a list for a map',
      daemonSet({ metadata: { labels: [] } }),
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      'a bool for an environment value',
      daemonSet({ container: { env: [{ name: 'A', value: true }] } }),
      `json: cannot unmarshal bool into Go struct field EnvVar.${podSpecField('containers.env.value')} of type string`,
    ],
    [
      'an object for a list of structs',
      daemonSet({ podSpec: { containers: {} } }),
      `json: cannot unmarshal object into Go struct field PodSpec.${podSpecField('containers')} of type []v1.Container`,
    ],
    [
      'a string for a struct',
      daemonSet({ spec: { template: 'x' } }),
      'json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.template of type v1.PodTemplateSpec',
    ],
    [
      'a number for a named string',
      daemonSet({ podSpec: { tolerations: [{ operator: 1 }] } }),
      `json: cannot unmarshal number into Go struct field Toleration.${podSpecField('tolerations.operator')} of type v1.TolerationOperator`,
    ],
    [
      'a bool for an integer or string',
      daemonSet({ spec: { updateStrategy: { rollingUpdate: { maxSurge: true } } } }),
      'json: cannot unmarshal bool into Go struct field RollingUpdateDaemonSet.spec.updateStrategy.rollingUpdate.maxSurge of type int32',
    ],
    [
      'text that is no quantity',
      daemonSet({ container: { resources: { limits: { cpu: 'lots' } } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'text that is no time',
      daemonSet({ metadata: { creationTimestamp: 'yesterday' } }),
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    ['a body that is no object', [], 'json: cannot unmarshal array into Go value of type v1.DaemonSet'],
  ])('refuses %s in every mode', (_, value, message) => {
    for (const mode of ['Strict', 'Warn', 'Ignore'] as const) expect(refusal(value, mode)).toBe(PREFIX + message);
  });

  it('reports the first of several and leaves unknown fields out', () => {
    const value = daemonSet({ spec: { bogus: 1, minReadySeconds: 'a', revisionHistoryLimit: 'b' } });
    expect(refusal(value)).toContain('DaemonSetSpec.spec.minReadySeconds of type int32');
    expect(refusal(value)).not.toContain('unknown field');
  });

  it('refuses data of a Secret that is not base64', () => {
    const kind = { group: '', version: 'v1', kind: 'Secret' };
    expect(refusal({ data: { a: 'Zm9v' } }, 'Strict', kind)).toBe('not refused');
    expect(refusal({ data: { a: 'Zm9*' } }, 'Strict', kind)).toBe(
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 3',
    );
  });

  it('refuses a kind that is not served', () => {
    expect(refusal({}, 'Strict', { group: 'apps', version: 'v1', kind: 'Deployment' })).toContain(
      'no kind "Deployment"',
    );
  });
});

/** Objects with planted mistakes, and what the strict decoder of Kubernetes' own Go library says about each. */
describe('decodeFields beside the Go decoder', () => {
  const goErrors = goErrorsJson as unknown as readonly {
    error: string;
    object: { apiVersion: string; kind: string };
  }[];

  it.each(goErrors)('agrees on $object.kind: $error', ({ error, object }) => {
    const [version = '', group = ''] = object.apiVersion.split('/').toReversed();
    const text = refusal(object, 'Strict', { group, version, kind: object.kind });
    expect(text.replace(/ \(did you mean [^)]*\)$/, '')).toBe(
      `${object.kind} in version "${version}" cannot be handled as a ${object.kind}: ${error}`,
    );
  });
});
