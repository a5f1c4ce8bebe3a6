import * as fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { decodeFields } from '../decoding/decode-fields.ts';
import { schemaDefinition } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { decodeMessage } from './decode-message.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import bodiesJson from './fixtures/bodies.json' with { type: 'json' };
import { messageFields } from './message-table.ts';

interface RecordedBody {
  readonly source: string;
  /** Method and path, for bodies recorded from kubectl. */
  readonly request?: string;
  readonly body: string;
  /** The JSON that the same client writes for the same object, for bodies written by client-go. */
  readonly object?: Record<string, unknown>;
}

const bodies = bodiesJson as unknown as readonly RecordedBody[];

function bytesOf(base64: string): Uint8Array {
  const bytes = new Uint8Array(protobuf.util.base64.length(base64));
  protobuf.util.base64.decode(base64, bytes, 0);
  return bytes;
}

function recorded(source: string, pathEnd: string): Uint8Array {
  const found = bodies.find(({ source: from, request }) => from === source && request?.endsWith(pathEnd) === true);
  if (found === undefined) throw new Error(`no body recorded from ${source} for ${pathEnd}`);
  return bytesOf(found.body);
}

/** Go prints its zero time as null, which says no more than leaving it out. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => (inner === null ? undefined : inner));
}

describe.each(['kubectl 1.33', 'kubectl 1.35'])('bodies of %s', (source) => {
  it('decodes create namespace', () => {
    expect(decodeProtobuf(recorded(source, '/namespaces'))).toEqual({
      outcome: 'decoded',
      value: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'acc' }, spec: {}, status: {} },
    });
  });

  it('decodes auth can-i', () => {
    expect(decodeProtobuf(recorded(source, '/selfsubjectaccessreviews'))).toEqual({
      outcome: 'decoded',
      value: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        metadata: {},
        spec: { resourceAttributes: { namespace: 'default', verb: 'create', group: 'apps', resource: 'daemonsets' } },
        status: { allowed: false },
      },
    });
  });

  it('decodes auth whoami', () => {
    expect(decodeProtobuf(recorded(source, '/selfsubjectreviews'))).toMatchObject({
      value: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    });
  });

  it('refuses a kind that is not served, by its name', () => {
    expect(decodeProtobuf(recorded(source, '/deployments'))).toEqual({
      outcome: 'refused',
      message: 'no kind "Deployment" is registered for version "apps/v1"',
    });
  });

  it('decodes the pod template inside a deployment', () => {
    expect(
      decodeMessage('k8s.io.api.core.v1.PodTemplateSpec', podTemplateOf(recorded(source, '/deployments'))),
    ).toEqual({
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'nginx',
            image: 'nginx:1.25',
            command: ['sh', '-c', 'sleep 1'],
            ports: [{ containerPort: 80 }],
            resources: {},
          },
        ],
      },
    });
  });
});

/** Deployment (envelope field 2) > spec (2) > template (3). */
function podTemplateOf(body: Uint8Array): Uint8Array {
  return [2, 2, 3].reduce((bytes, number) => subMessage(bytes, number), body.subarray(4));
}

function subMessage(bytes: Uint8Array, number: number): Uint8Array {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === number) return new Uint8Array(reader.bytes());
    reader.skipType(tag & 7);
  }
  throw new Error(`no field ${number}`);
}

describe('bodies of kubectl create', () => {
  it('keeps empty values of a ConfigMap and the bytes of a Secret', () => {
    expect(decodeProtobuf(recorded('kubectl 1.33', '/configmaps'))).toMatchObject({
      value: { data: { a: 'b', empty: '' } },
    });
    expect(decodeProtobuf(recorded('kubectl 1.33', '/secrets'))).toMatchObject({
      value: { data: { password: 'czNjcmV0' } },
    });
  });

  it('decodes the numeric target port of a Service', () => {
    expect(decodeProtobuf(recorded('kubectl 1.33', '/services'))).toMatchObject({
      value: {
        spec: { ports: [{ name: '80-8080', protocol: 'TCP', port: 80, targetPort: 8080 }], selector: { app: 'web' } },
      },
    });
  });

  it('renames the uid of the object that a token is bound to', () => {
    expect(decodeProtobuf(recorded('kubectl 1.33', '/token'))).toMatchObject({
      value: { spec: { boundObjectRef: { kind: 'Pod', name: 'p', uid: 'u1' }, expirationSeconds: 600 } },
    });
  });
});

describe('bodies of client-go', () => {
  const typed = bodies.filter(({ object }) => object !== undefined);

  it('covers every kind that typed clients write', () => {
    expect(typed.map(({ object }) => object?.['kind'])).toEqual([
      'Pod',
      'Node',
      'DaemonSet',
      'ControllerRevision',
      'Lease',
      'Event',
      'Event',
      'Eviction',
      'DeleteOptions',
      'Binding',
    ]);
  });

  it.each(
    typed.map(({ object, body }) => ({
      title: `${String(object?.['apiVersion'])} ${String(object?.['kind'])}`,
      object,
      body,
    })),
  )('decodes $title to the JSON that the client would have sent', ({ object, body }) => {
    expect(decodeProtobuf(bytesOf(body))).toEqual({ outcome: 'decoded', value: withoutNulls(object) });
  });

  it('yields objects that pass strict field validation', () => {
    for (const { object, body } of typed) {
      const result = decodeProtobuf(bytesOf(body));
      const [version = '', group = ''] = String(object?.['apiVersion']).split('/').toReversed();
      const kind = String(object?.['kind']);
      const value = result.outcome === 'decoded' ? result.value : result.message;
      const isDeleteOptions = kind === 'DeleteOptions';
      expect(decodeFields({ group: isDeleteOptions ? '' : group, version, kind }, value, 'Strict')).toMatchObject({
        outcome: 'decoded',
      });
    }
  });
});

describe('malformed bodies', () => {
  it('refuses a body without the prefix', () => {
    expect(decodeProtobuf(new Uint8Array([1, 2, 3, 4]))).toMatchObject({
      outcome: 'refused',
      message: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    });
  });

  it('refuses every truncation of a body or decodes what stands before the cut, and never throws', () => {
    const outcomes = new Set<string>();
    for (const { body } of bodies) {
      const bytes = bytesOf(body);
      for (let length = 0; length < bytes.length; length += 1)
        outcomes.add(decodeProtobuf(bytes.subarray(0, length)).outcome);
    }
    expect(outcomes).toContain('refused');
  });

  it('survives flipped bytes', () => {
    const outcomes = new Set<string>();
    const flips = fc.record({
      index: fc.nat({ max: bodies.length - 1 }),
      positions: fc.array(fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(flips, ({ index, positions }) => {
        const bytes = bytesOf(bodies[index]?.body ?? '');
        for (const [position, value] of positions) bytes[4 + (position % (bytes.length - 4))] = value;
        outcomes.add(decodeProtobuf(bytes).outcome);
      }),
      { numRuns: 500 },
    );
    expect([...outcomes].sort()).toEqual(['decoded', 'refused']);
  });

  it('passes over fields that it does not know', () => {
    const writer = protobuf.Writer.create();
    writer
      .uint32((1 << 3) | 2)
      .fork()
      .uint32((1 << 3) | 2)
      .string('x')
      .ldelim();
    writer.uint32((999 << 3) | 2).string('from a newer client');
    expect(decodeMessage('k8s.io.api.core.v1.Namespace', writer.finish())).toEqual({ metadata: { name: 'x' } });
  });
});

describe('message table', () => {
  const DROPPED_BY_NEWER_VERSIONS = new Set(['ObjectMeta.selfLink']);

  it('has only fields that the schema knows, with quantities and integer-or-strings where the schema has them', () => {
    let compared = 0;
    const visited = new Set<string>();
    const visit = (message: string, schema: SchemaNode): void => {
      for (const [name, type, rule] of Object.values(messageFields(message) ?? {})) {
        const element = type.replace(/^(\[\]|map:)/, '');
        if (rule === 'inline') {
          visit(type, schema);
          continue;
        }
        const label = `${message.split('.').at(-1)}.${name}`;
        const field = schema.properties?.[name];
        if (DROPPED_BY_NEWER_VERSIONS.has(label)) continue;
        expect(field, label).toBeDefined();
        const inner = field?.items ?? field?.additionalProperties ?? field;
        expect(inner?.format === 'quantity', label).toBe(element.endsWith('.Quantity'));
        expect(inner?.intOrString === true, label).toBe(element.endsWith('.IntOrString'));
        compared += 1;
        if (inner?.ref !== undefined && !visited.has(inner.ref)) {
          visited.add(inner.ref);
          visit(element, schemaDefinition(inner.ref) ?? {});
        }
      }
    };
    for (const kind of ['core.v1.Pod', 'core.v1.Node', 'core.v1.Service', 'apps.v1.DaemonSet', 'events.v1.Event']) {
      visit(`k8s.io.api.${kind}`, schemaDefinition(`io.k8s.api.${kind}`) ?? {});
    }
    expect(compared).toBeGreaterThan(700);
  });
});
