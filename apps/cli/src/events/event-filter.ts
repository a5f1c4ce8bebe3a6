import { subjectOfEvent, type FleetEvent } from '@everynode/core';
import { singularKind } from '../sentences/object-name.ts';
import { UsageError } from '../terminal/command-failed.ts';

/** `*` stands for any text, also none. */
const matcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

const typeMatcher = (pattern: string): RegExp =>
  matcher(/\.v(\d+|\*)$/.test(pattern) || pattern.endsWith('*') ? pattern : `${pattern}.v*`);

interface ObjectPattern {
  readonly kind: string;
  readonly namespace: RegExp | undefined;
  readonly name: RegExp;
}

const objectPattern = (text: string): ObjectPattern => {
  const parts = text.split('/');
  const [kind = '', ...rest] = parts;
  const name = rest.at(-1);
  if (kind === '' || name === undefined || name === '' || rest.length > 2)
    throw new UsageError(`--object: expected kind/name or kind/namespace/name, not "${text}"`);
  return {
    kind: singularKind(kind),
    namespace: rest.length === 2 ? matcher(rest[0] ?? '') : undefined,
    name: matcher(name),
  };
};

/** Nodes that an event is about without being their object: where a Pod is created or bound. */
const nodeIn = (event: FleetEvent): string | undefined =>
  'node' in event && typeof event.node === 'string' ? event.node : undefined;

const isNamed = (
  pattern: ObjectPattern,
  object: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string },
): boolean =>
  object.kind.toLowerCase() === pattern.kind &&
  pattern.name.test(object.name) &&
  (pattern.namespace === undefined || pattern.namespace.test(object.namespace ?? ''));

const isAbout = (pattern: ObjectPattern, event: FleetEvent): boolean => {
  const node = nodeIn(event);
  if (pattern.kind === 'node' && node !== undefined && pattern.name.test(node)) return true;
  if (isNamed(pattern, subjectOfEvent(event))) return true;
  // What a controller recorded about the object, as `kubectl describe` shows it.
  return event.type === 'event.recorded.v1' && isNamed(pattern, event.involved);
};

/** Whether an event is of one of the types and about one of the objects; no pattern means all. Throws UsageError for an object pattern that is none. */
export const eventFilter = (wanted: {
  readonly types: readonly string[];
  readonly objects: readonly string[];
}): ((event: FleetEvent) => boolean) => {
  const types = wanted.types.map(typeMatcher);
  const objects = wanted.objects.map(objectPattern);
  return (event) =>
    (types.length === 0 || types.some((type) => type.test(event.type))) &&
    (objects.length === 0 || objects.some((pattern) => isAbout(pattern, event)));
};
