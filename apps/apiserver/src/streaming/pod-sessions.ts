import { keyOf, objectsOf, type KubernetesObject } from '@everynode/core';
import { badRequestStatus, chooseContainer, methodNotAllowedOnPathStatus, nodeUnreachableStatus, notFoundStatus, refusedByNodeStatus } from '@everynode/kubernetes-api';
import type { NodeSession, NodeSessions, SessionRequest, SessionTarget } from '@everynode/node-streams';
import { StatusError } from '../http/answer.ts';
import type { ReadSource } from '../reading/read-source.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';

/** A container of a Pod that is bound to a node. */
export interface BoundContainer {
  readonly node: string;
  readonly target: SessionTarget;
}

const nodeOf = (pod: KubernetesObject): string => ((pod['spec'] ?? {}) as { readonly nodeName?: string }).nodeName ?? '';

/** Finds the container that a request is about, and opens sessions with it. */
export class PodSessions {
  private readonly present: ReadSource;
  private readonly sessions: NodeSessions;

  constructor(present: ReadSource, sessions: NodeSessions) {
    this.present = present;
    this.sessions = sessions;
  }

  /** The Pod that the path names, as of now. Throws a StatusError (404; 405 for a Pod of the past, in whose containers nothing runs any more). */
  async podOf({ target, request }: ResourceRequest): Promise<KubernetesObject> {
    if (request.asOf !== undefined) throw new StatusError(methodNotAllowedOnPathStatus(`the fleet as of ${request.asOf} is a record: no container runs in it`));
    const { resource, namespace, name = '' } = target;
    await this.present.reader.until('latest');
    const pod = objectsOf(this.present.view.state, resource.plural).get(keyOf(namespace, name));
    if (pod === undefined) throw new StatusError(notFoundStatus({ group: resource.group, kind: resource.plural }, name));
    return pod;
  }

  /** The container that `named` names, empty for the one that goes without saying; undefined while the Pod has no node. Throws a StatusError (400). */
  findContainer(pod: KubernetesObject, named: string): BoundContainer | undefined {
    const chosen = chooseContainer(pod, named);
    if (!chosen.ok) throw new StatusError(chosen.status);
    return nodeOf(pod) === '' ? undefined : this.hostOf(pod, chosen.container);
  }

  /** The same of a Pod that has to have a node. Throws a StatusError (400). */
  containerOf(pod: KubernetesObject, named: string): BoundContainer {
    return this.findContainer(pod, named) ?? this.hostOf(pod);
  }

  /** The node of a Pod; `container` is empty for what all containers of a Pod share. Throws a StatusError (400). */
  hostOf(pod: KubernetesObject, container = ''): BoundContainer {
    const { name, namespace = '', uid } = pod.metadata;
    const nodeName = nodeOf(pod);
    if (nodeName === '') throw new StatusError(badRequestStatus(`pod ${name} does not have a host assigned`));
    return { node: nodeName, target: { namespace, name, uid, container } };
  }

  /** Throws a StatusError when the node refuses (as it says) or does not answer (503). */
  async open({ node, target }: BoundContainer, request: SessionRequest): Promise<NodeSession> {
    const outcome = await this.sessions.open(node, target, request);
    if (outcome.outcome === 'opened') return outcome.session;
    throw new StatusError(outcome.outcome === 'refused' ? refusedByNodeStatus(outcome) : nodeUnreachableStatus(node, outcome.message));
  }
}
