import type { Random } from '@everynode/core';
import { pick } from './request.ts';

const LONG = 10_000;
const HUGE_LIST = 20_000;

/** Arrays or objects inside one another, as text, because building them as values would be the fuzzer's own stack overflow. */
const nested = (depth: number, open: string, close: string): string => `${open.repeat(depth)}1${close.repeat(depth)}`;

/** JSON texts that stand in for a value. */
const hostileValue = (random: Random): string =>
  pick(random, [
    () => 'null',
    () => '[]',
    () => '{}',
    () => '""',
    () => '-1',
    () => '0.5',
    () => '1e400',
    () => '9007199254740993',
    () => '-9223372036854775809',
    () => 'true',
    () => '"\\u0000\\ud800"',
    () => '"../../../etc/passwd"',
    () => '"__proto__"',
    () => JSON.stringify('x'.repeat(LONG)),
    () => `[${'0,'.repeat(HUGE_LIST)}0]`,
    () => nested(500 + random.below(20_000), '[', ']'),
    () => nested(500 + random.below(5_000), '{"a":', '}'),
    () => '{"__proto__":{"polluted":"yes"}}',
    () => '{"constructor":{"prototype":{"polluted":"yes"}}}',
    () => '[null,null,{"name":null}]',
    () => '{"$patch":"replace"}',
    () => '{"$patch":"nonsense","$retainKeys":[1,{}]}',
    () => '{"$setElementOrder/containers":[{"name":"z"},{}],"$deleteFromPrimitiveList/finalizers":["a",1]}',
  ])();

const HOSTILE_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '', '$patch', '$retainKeys', 'metadata', 'a/b~c', 'x'.repeat(300)];

const PLACEHOLDER = 'fuzz-placeholder';

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** All objects and lists in a value. */
const containersIn = (value: unknown): Container[] => (isContainer(value) ? [value, ...Object.values(value).flatMap(containersIn)] : []);

/** Replaces, adds, removes or doubles something in a JSON value; the answer is the text, with the name of what was done. */
export const mutateJson = (random: Random, value: unknown): { readonly text: string; readonly mutation: string } => {
  const copy: unknown = structuredClone(value);
  const containers = containersIn(copy);
  if (containers.length === 0) return { text: hostileValue(random), mutation: 'json-whole' };
  const target = pick(random, containers);
  const keys = Object.keys(target);
  const render = (hostile: string): string => JSON.stringify(copy).replaceAll(`"${PLACEHOLDER}"`, () => hostile);
  const set = (key: string): void => {
    Object.defineProperty(target, key, { value: PLACEHOLDER, enumerable: true, configurable: true, writable: true });
  };
  switch (random.below(5)) {
    case 0:
      if (keys.length > 0) set(pick(random, keys));
      return { text: render(hostileValue(random)), mutation: 'json-replace' };
    case 1:
      set(Array.isArray(target) ? String(target.length) : pick(random, HOSTILE_KEYS));
      return { text: render(hostileValue(random)), mutation: 'json-add' };
    case 2:
      if (keys.length > 0) Reflect.deleteProperty(target, pick(random, keys));
      return { text: JSON.stringify(copy), mutation: 'json-remove' };
    case 3: {
      const text = JSON.stringify(copy);
      return { text: text.startsWith('{') ? `{"metadata":{"name":"twice"},${text.slice(1)}` : text, mutation: 'json-duplicate-key' };
    }
    default:
      return { text: hostileValue(random), mutation: 'json-whole' };
  }
};

const POINTERS = ['', '/', '/__proto__/polluted', '/constructor/prototype/polluted', '/metadata/__proto__/x', '/spec/template/spec/containers/999999999', '/spec/template/spec/containers/-', '/spec/~2', '/metadata/labels/x', '/a/b/c', '/metadata', '/spec'];

/** JSON patches that are hostile as patches: prototype keys, far indexes, copies that double the document, and very many operations. */
export const hostileJsonPatch = (random: Random): string => {
  const operation = (): object => ({ op: pick(random, ['add', 'remove', 'replace', 'move', 'copy', 'test', 'explode', '']), path: pick(random, POINTERS), from: pick(random, POINTERS), value: pick<unknown>(random, [1, null, 'x', {}, [], { __proto__: 1 }]) });
  switch (random.below(4)) {
    case 0:
      return JSON.stringify(Array.from({ length: 30 }, (_, index) => ({ op: 'copy', from: '/metadata', path: `/metadata/labels/l${index}` })));
    case 1:
      return JSON.stringify(Array.from({ length: 11_000 }, () => ({ op: 'test', path: '/kind', value: 'x' })));
    case 2:
      return JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: { big: 'x'.repeat(400_000) } }, ...Array.from({ length: 20 }, (_, index) => ({ op: 'copy', from: '/metadata/annotations/big', path: `/metadata/annotations/b${index}` }))]);
    default:
      return JSON.stringify(Array.from({ length: 1 + random.below(6) }, operation));
  }
};

const YAML_BOMB = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((letter, index) => `${letter}: &${letter} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index]}`).join(',')}]`)].join('\n');

/** YAML that is more than JSON: aliases that expand without end, tags, several documents, tabs. */
export const hostileYaml = (random: Random): string =>
  pick(random, [YAML_BOMB, '--- a\n--- b\n', '!!js/function "function(){}"', '\tkey: value', '{a: [}', '&a [*a]', `${'- '.repeat(3_000)}x`, '? {a: 1}\n: b', 'a: {'.repeat(2_000), 'kind: ConfigMap\n<<: {metadata: {name: x}}']);
