import { keyOf, objectsOf, type KubernetesObject } from '@everynode/core';
import { methodNotAllowedOnPathStatus, metricsList, nodeMetrics, notFoundStatus, podMetrics } from '@everynode/kubernetes-api';
import type { NodeUsageEntry, PodUsageEntry, UsageBook } from '@everynode/read-models';
import type { FleetView } from '../fleet/fleet-view.ts';
import { jsonAnswer, StatusError, type Answer } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection } from '../reading/selection.ts';
import type { NewPodUsage } from './new-pod-usage.ts';

type Metrics = Readonly<Record<string, unknown>>;

export interface UsageMetricsParts {
  readonly book: UsageBook;
  readonly view: FleetView;
  readonly clock: () => number;
  readonly newPods: NewPodUsage;
}

/** Answers reads of metrics.k8s.io: what the agents have measured of the nodes and Pods that there are, with the labels of those. */
export class UsageMetrics {
  private readonly parts: UsageMetricsParts;

  constructor(parts: UsageMetricsParts) {
    this.parts = parts;
  }

  /** Throws a StatusError: 404 for what was not measured lately, 400 for a selector that cannot be read, 405 for the past. */
  async answer({ target, request }: ResourceRequest): Promise<Answer> {
    if (request.asOf !== undefined) throw new StatusError(methodNotAllowedOnPathStatus(`the fleet as of ${request.asOf} is a record, and what was used is not in it`));
    const { resource, namespace, name } = target;
    if (resource.namespaced) await this.parts.newPods.wait(namespace);
    if (name !== undefined) {
      const found = resource.namespaced ? this.pod(namespace ?? '', name) : this.node(name);
      if (found === undefined) throw new StatusError(notFoundStatus({ group: resource.group, kind: resource.kind.toLowerCase() }, name));
      return jsonAnswer(found);
    }
    const { selects } = parseSelection(resource, namespace, request.query);
    const items = resource.namespaced ? this.pods(namespace) : this.nodes();
    // Selectors speak of names and labels, which metrics have as other objects have them.
    return jsonAnswer(metricsList(resource.kind, items.filter((item) => selects(item as unknown as KubernetesObject))));
  }

  private node(name: string): Metrics | undefined {
    const entry = this.parts.book.node(name, this.parts.clock());
    return entry === undefined ? undefined : this.ofNode(entry);
  }

  private pod(namespace: string, name: string): Metrics | undefined {
    const entry = this.parts.book.pod(namespace, name, this.parts.clock());
    return entry === undefined ? undefined : this.ofPod(entry);
  }

  private nodes(): readonly Metrics[] {
    return this.parts.book
      .nodes(this.parts.clock())
      .map((entry) => this.ofNode(entry))
      .filter((found) => found !== undefined);
  }

  private pods(namespace: string | undefined): readonly Metrics[] {
    return this.parts.book
      .pods(this.parts.clock(), namespace)
      .map((entry) => this.ofPod(entry))
      .filter((found) => found !== undefined);
  }

  private ofNode(entry: NodeUsageEntry): Metrics | undefined {
    const node = objectsOf(this.parts.view.state, 'nodes').get(keyOf(undefined, entry.name));
    return node === undefined ? undefined : nodeMetrics(entry, node.metadata.labels ?? {});
  }

  /** What another Pod of the same name used is not what this one uses. */
  private ofPod(entry: PodUsageEntry): Metrics | undefined {
    const pod = objectsOf(this.parts.view.state, 'pods').get(keyOf(entry.namespace, entry.name));
    return pod?.metadata.uid === entry.uid ? podMetrics(entry, pod.metadata.labels ?? {}) : undefined;
  }
}
