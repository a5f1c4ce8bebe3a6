import { listAt, stringAt, valueAt } from '../json/json-value.ts';
import { badRequestStatus } from '../status/failures.ts';
import type { Status } from '../status/status.ts';

export type ChosenContainer =
  | { readonly ok: true; readonly container: string }
  | { readonly ok: false; readonly status: Status };

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

const namesIn = (pod: unknown, field: string): readonly string[] =>
  listAt(pod, 'spec', field).map((container) => stringAt(container, 'name'));

const refused = (message: string): ChosenContainer => ({ ok: false, status: badRequestStatus(message) });

/**
 * The container of a Pod that a request is about: the one that it names (empty for none), else the one that the Pod's
 * annotation `kubectl.kubernetes.io/default-container` names, else the only one.
 */
export const chooseContainer = (pod: unknown, named: string): ChosenContainer => {
  const podName = stringAt(pod, 'metadata', 'name');
  const containers = namesIn(pod, 'containers');
  const initContainers = namesIn(pod, 'initContainers');
  const all = new Set([...containers, ...initContainers, ...namesIn(pod, 'ephemeralContainers')]);
  if (named !== '') {
    if (all.has(named)) return { ok: true, container: named };
    return refused(`container ${named} is not valid for pod ${podName}`);
  }
  const preferred = valueAt(pod, 'metadata', 'annotations', DEFAULT_CONTAINER);
  if (typeof preferred === 'string' && all.has(preferred)) return { ok: true, container: preferred };
  const [only, another] = containers;
  if (only !== undefined && another === undefined) return { ok: true, container: only };
  const question = `a container name must be specified for pod ${podName}`;
  if (only === undefined) return refused(question);
  const init = initContainers.length === 0 ? '' : ` or one of the init containers: [${initContainers.join(' ')}]`;
  return refused(`${question}, choose one of: [${containers.join(' ')}]${init}`);
};
