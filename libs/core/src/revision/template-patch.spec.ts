import { describe, expect, it } from 'vitest';
import type { ControllerRevision, PodTemplate } from '../kubernetes/objects.ts';
import { isOfTemplate, templatePatchOf } from './template-patch.ts';
import { templateHash } from './template-hash.ts';

const template: PodTemplate = {
  spec: {
    terminationGracePeriodSeconds: 30,
    containers: [{ name: 'app', image: 'a:1', args: ['--b', '--a'], resources: {} }, { name: 'side', image: 'b:1' }],
    restartPolicy: 'Always',
    securityContext: {},
    volumes: [],
  },
  metadata: { labels: { b: '2', a: '1' }, creationTimestamp: null },
};
const text =
  '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"1","b":"2"}},"spec":{"containers":[{"args":["--b","--a"],"image":"a:1","name":"app","resources":{}},' +
  '{"image":"b:1","name":"side","resources":{}}],"restartPolicy":"Always","securityContext":{},"terminationGracePeriodSeconds":30,"volumes":[]}}}}';

const revision = (data: unknown): ControllerRevision => ({ apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'r', uid: 'r' }, data, revision: 1 });

describe('templatePatchOf', () => {
  it('DS-171 is compact JSON of the whole template with sorted fields and the directive first', () => {
    expect(templatePatchOf(template).text).toBe(text);
  });

  it('DS-171 has metadata even when there is nothing in it', () => {
    expect(templatePatchOf({ spec: { containers: [] } }).text).toBe('{"spec":{"template":{"$patch":"replace","metadata":{},"spec":{"containers":[]}}}}');
  });

  it('DS-172 keeps its bytes on the way through the log', () => {
    expect(JSON.stringify(JSON.parse(JSON.stringify(templatePatchOf(template).data)))).toBe(text);
  });

  it('DS-172 holds nothing that its bytes do not hold', () => {
    expect(templatePatchOf(template).data).toStrictEqual(JSON.parse(text));
    expect(templatePatchOf({ spec: { containers: [], volumes: [] } }).data).toStrictEqual({ spec: { template: { $patch: 'replace', metadata: {}, spec: { containers: [], volumes: [] } } } });
  });

  it('DS-172 writes what a claim of an ephemeral volume says, and leaves other volumes alone', () => {
    const volumes = [
      { name: 'full', ephemeral: { volumeClaimTemplate: { metadata: { labels: { a: 'b' } }, spec: { resources: { requests: { storage: '1Gi' } } } } } },
      { name: 'bare', ephemeral: { volumeClaimTemplate: {} } },
      { name: 'hollow', ephemeral: {} },
    ];
    expect(templatePatchOf({ spec: { containers: [], volumes } }).data.spec.template['spec']).toStrictEqual({
      containers: [],
      volumes: [
        volumes[0],
        { name: 'bare', ephemeral: { volumeClaimTemplate: { metadata: {}, spec: { resources: {} } } } },
        { name: 'hollow', ephemeral: {} },
      ],
    });
  });

  it('DS-172 writes resources of every container and no null', () => {
    const { text: written } = templatePatchOf({ spec: { containers: [{ name: 'a', env: [{ name: 'E', value: null }] }], initContainers: [{ name: 'i', resources: { limits: { cpu: '1' } } }] } });
    expect(written).toContain('"containers":[{"env":[{"name":"E"}],"name":"a","resources":{}}]');
    expect(written).toContain('"initContainers":[{"name":"i","resources":{"limits":{"cpu":"1"}}}]');
  });

  it('DS-172 writes metadata and resources of the claim of an ephemeral volume', () => {
    const volume = { name: 'v', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } };
    expect(templatePatchOf({ spec: { containers: [], volumes: [volume, { name: 'w', emptyDir: {} }] } }).text).toContain(
      '"volumes":[{"ephemeral":{"volumeClaimTemplate":{"metadata":{},"spec":{"accessModes":["ReadWriteOnce"],"resources":{}}}},"name":"v"},{"emptyDir":{},"name":"w"}]',
    );
  });

  it('DS-10 is the same for the same template in another order of fields', () => {
    const turned = JSON.parse(JSON.stringify({ metadata: { labels: { a: '1', b: '2' } }, spec: Object.fromEntries(Object.entries(template.spec).toReversed()) })) as PodTemplate;
    expect(templatePatchOf(turned).text).toBe(text);
    expect(templateHash(turned, undefined)).toBe(templateHash(template, undefined));
  });
});

describe('isOfTemplate', () => {
  it('DS-171 compares bytes, so that another serialisation does not match', () => {
    expect(isOfTemplate(revision(JSON.parse(text)), template)).toBe(true);
    const { spec } = JSON.parse(text) as { spec: { template: object } };
    const last = { spec: { template: Object.fromEntries(Object.entries(spec.template).toReversed()) } };
    expect(isOfTemplate(revision(last), template)).toBe(false);
    expect(isOfTemplate(revision(null), template)).toBe(false);
  });
});

describe('templateHash', () => {
  it('DS-180 has 1 to 10 characters of a safe alphabet', () => {
    for (const image of ['a', 'b', 'c', 'd', 'e']) expect(templateHash({ spec: { containers: [{ name: 'app', image }] } }, undefined)).toMatch(/^[456789bcdf]{1,10}$/);
  });

  it('DS-180 keeps its value from version to version', () => {
    expect(templateHash(template, undefined)).toBe('d84cbdc87');
    expect(templateHash(template, 0)).toBe('8456d4647b');
  });

  it('DS-180 is another one for another template or collision count, 0 included', () => {
    const hashes = [undefined, 0, 1, 2].map((count) => templateHash(template, count));
    expect(new Set([...hashes, templateHash({ ...template, spec: { containers: [] } }, undefined)]).size).toBe(5);
  });
});
