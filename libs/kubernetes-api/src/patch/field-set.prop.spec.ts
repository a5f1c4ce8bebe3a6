import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { schemaOfKind } from '../schema/schema.ts';
import { fieldSetOf, fromFieldsV1, toFieldsV1 } from './field-set.ts';
import { elementsOf, formatPath, pathOf, valueAtPath } from './field-path.ts';

const POD = schemaOfKind('', 'v1', 'Pod') ?? {};
const seen = new Set<string>();

const name = fc.constantFrom('a', 'b', 'x.io/y', 'constructor', 'f:odd', 'é"\\');
const pod = fc.record(
  {
    metadata: fc.record(
      { labels: fc.dictionary(name, fc.constant('v'), { noNullPrototype: true }), finalizers: fc.uniqueArray(name) },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: fc.uniqueArray(
          fc.record(
            {
              name,
              ports: fc.uniqueArray(
                fc.record({ containerPort: fc.integer({ min: 1, max: 9 }), protocol: fc.constantFrom('TCP', 'UDP') }),
                { selector: (port) => JSON.stringify(port) },
              ),
              args: fc.array(name),
            },
            { requiredKeys: ['name'] },
          ),
          { selector: (container) => container.name },
        ),
        nodeSelector: fc.dictionary(name, fc.constant('v'), { noNullPrototype: true }),
        tolerations: fc.array(fc.record({ key: name })),
        hostNetwork: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

describe('field sets', () => {
  it('survive their wire form, and every path leads to a value', () => {
    fc.assert(
      fc.property(pod, (object) => {
        const fields = fieldSetOf(POD, object);
        expect(fromFieldsV1(JSON.parse(JSON.stringify(toFieldsV1(fields))))).toEqual(fields);
        for (const path of fields) {
          expect(valueAtPath(object, path), formatPath(path)).toBeDefined();
          for (const element of elementsOf(path)) seen.add(element.slice(0, 2));
          if (elementsOf(path).at(-1)?.startsWith('k:') === true) seen.add('element');
        }
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it('are printed as people write paths', () => {
    expect(formatPath(pathOf(['f:spec', 'f:containers', 'k:{"name":"c"}', 'f:image']))).toBe(
      '.spec.containers[name="c"].image',
    );
    expect(formatPath(pathOf(['f:ports', 'k:{"containerPort":80,"protocol":"TCP"}']))).toBe(
      '.ports[containerPort=80,protocol="TCP"]',
    );
    expect(formatPath(pathOf(['f:metadata', 'f:finalizers', 'v:"x"']))).toBe('.metadata.finalizers[="x"]');
  });

  afterAll(() => {
    expect([...seen].toSorted()).toEqual(['element', 'f:', 'k:', 'v:']);
  });
});
