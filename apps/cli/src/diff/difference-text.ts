import { toRfc3339, type KubernetesObject } from '@everynode/core';
import { RESOURCES } from '@everynode/kubernetes-api';
import type { FieldChange, ObjectDifference } from '@everynode/read-models';
import type { Colours } from '../terminal/terminal.ts';
import type { ComparedMoment, FleetDifference } from './fleet-difference.ts';

const VALUE_LENGTH = 100;
const INDENT = '    ';

const nameOf = ({ metadata: { namespace, name } }: KubernetesObject): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

const singularOf = (resource: string): string =>
  RESOURCES.find(({ plural }) => plural === resource)?.singular ?? resource;

/** A value on one line; what is long is cut, `-o json` has it whole. */
const valueText = (value: unknown): string => {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH - 1)}…` : text;
};

const fieldLines = (fields: readonly FieldChange[], colours: Colours): readonly string[] => {
  const width = Math.max(...fields.map(({ path }) => path.length));
  return fields.map(
    ({ path, before, after }) =>
      `${INDENT}${path.padEnd(width)}   ${colours.red(valueText(before))} → ${colours.green(valueText(after))}`,
  );
};

const objectLines = (difference: ObjectDifference, colours: Colours): readonly string[] => {
  const kind = singularOf(difference.resource);
  switch (difference.change) {
    case 'added':
      return [colours.green(`+ ${kind} ${nameOf(difference.after)}`)];
    case 'removed':
      return [colours.red(`- ${kind} ${nameOf(difference.before)}`)];
    case 'replaced':
      return [
        colours.yellow(`! ${kind} ${nameOf(difference.after)}, another one of the same name`),
        ...fieldLines(difference.fields, colours),
      ];
    case 'changed':
      return [colours.yellow(`~ ${kind} ${nameOf(difference.after)}`), ...fieldLines(difference.fields, colours)];
  }
};

const momentText = ({ sequence, at }: ComparedMoment): string =>
  at === 0 ? `record ${sequence}` : `record ${sequence} (${new Date(at).toISOString()})`;

const CHANGES = ['added', 'removed', 'changed', 'replaced'] as const;

/** The difference as people read it: a line that says which moments, the objects with their fields, and a line that counts. */
export const differenceText = ({ from, to, objects }: FleetDifference, colours: Colours): string => {
  if (objects.length === 0) return `nothing changed from ${momentText(from)} to ${momentText(to)}\n`;
  const counts = CHANGES.map((change) => ({
    change,
    count: objects.filter((object) => object.change === change).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ change, count }) => `${count} ${change}`);
  const lines = objects.flatMap((difference) => objectLines(difference, colours));
  return `${[`from ${momentText(from)} to ${momentText(to)}`, '', ...lines, '', counts.join(', ')].join('\n')}\n`;
};

const momentDocument = ({ sequence, at }: ComparedMoment): object => ({ sequence, ...(at === 0 ? {} : { time: toRfc3339(at) }) });

/** The same for programs. An undefined side of a field is left out. */
export const differenceDocument = ({ from, to, objects }: FleetDifference): object => ({
  from: momentDocument(from),
  to: momentDocument(to),
  objects: objects.map((difference) => {
    const { apiVersion, kind, metadata } = difference.after ?? difference.before ?? {};
    return {
      change: difference.change,
      apiVersion,
      kind,
      ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
      name: metadata?.name,
      ...('fields' in difference ? { fields: difference.fields } : {}),
    };
  }),
});
