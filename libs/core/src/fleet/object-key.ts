import type { ObjectKey } from '../event/fleet-event.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';

/** What events name an object by; the namespace of one that has none is the empty text. */
export const objectKeyOf = ({ metadata: { namespace = '', name, uid } }: KubernetesObject): ObjectKey => ({ namespace, name, uid });
