import { subjectOfEvent, type FleetEvent } from '@everynode/core';

/** kubectl's short names; other kinds are spelt out. */
const SHORT: Readonly<Record<string, string>> = {
  daemonset: 'ds',
  controllerrevision: 'revision',
  namespace: 'ns',
  configmap: 'cm',
};

interface ObjectReference {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** `ds/fluentd`, `pod/kube-system/fluentd-x7k2p`, `node/node-1`; the namespace is left out when it is `default`. */
const objectName = ({ kind, namespace, name }: ObjectReference): string => {
  const short = SHORT[kind] ?? kind;
  return namespace === undefined || namespace === 'default' ? `${short}/${name}` : `${short}/${namespace}/${name}`;
};

/** The object that an event is about, in kubectl's words. */
export const objectOfEvent = (event: FleetEvent): string => objectName(subjectOfEvent(event));

/** A singular kind in lower case for any way people write it: `ds`, `daemonsets`, `DaemonSet`. */
export const singularKind = (text: string): string => {
  const lower = text.toLowerCase();
  const known = Object.entries(SHORT).find(([, short]) => short === lower)?.[0];
  if (known !== undefined) return known;
  const aliases: Readonly<Record<string, string>> = { po: 'pod', no: 'node', ev: 'event', daemonsets: 'daemonset' };
  return aliases[lower] ?? lower.replace(/ies$/, 'y').replace(/s$/, '');
};
