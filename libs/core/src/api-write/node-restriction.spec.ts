import { apiPreparation } from '@everynode/kubernetes-api';
import { describe, expect, it } from 'vitest';
import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import type { Labels } from '../kubernetes/objects.ts';
import { aNamespace, aNode, aPod, applied, created, FleetUnderTest, registered } from '../node/fleet-under-test.ts';
import { decideWrite } from './decide-write.ts';

const NODE = { user: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] } as const;
const RESTRICTED = 'node-restriction.kubernetes.io/team';
const OLD: Labels = { 'kubernetes.io/os': 'linux', [RESTRICTED]: 'a', own: 'x' };

/** What a patch of an object's status is answered with. */
const patched = (resource: 'nodes' | 'pods', metadata: object, who: Partial<ApiWrite> = NODE): WriteAnswer => {
  const test = new FleetUnderTest().given(created('namespaces', aNamespace('default')), registered(aNode('n1', { labels: OLD })), applied(aPod('p', { nodeName: 'n1' }))).settled();
  const write: ApiWrite = {
    id: 'w',
    verb: 'patch',
    group: '',
    version: 'v1',
    resource,
    subresource: 'status',
    name: resource === 'nodes' ? 'n1' : 'p',
    ...(resource === 'nodes' ? {} : { namespace: 'default' }),
    patchType: 'merge',
    body: { metadata, status: {} },
    dryRun: false,
    fieldManager: 'kubelet',
    fieldValidation: 'Strict',
    force: false,
    user: 'admin',
    ...who,
  };
  return test.decide((decision) => decideWrite(decision, write, apiPreparation));
};

describe('a node', () => {
  it.each([
    [{ own: 'y', 'topology.kubernetes.io/zone': 'z', 'kubelet.kubernetes.io/a': 'b', 'a.node.kubernetes.io/c': 'd' }, 200],
    [{ [RESTRICTED]: 'b' }, 403],
    [{ [RESTRICTED]: null }, 403],
    [{ 'a.node-restriction.kubernetes.io/x': 'b' }, 403],
    [{ 'node-role.kubernetes.io/control-plane': '' }, 403],
    [{ 'example.k8s.io/x': 'b' }, 403],
    [{ [RESTRICTED]: 'a', 'notkubernetes.io/x': 'b' }, 200],
  ])('that labels itself %j is answered with %d', (labels, code) => {
    expect(patched('nodes', { labels })).toMatchObject({ code });
    expect(patched('nodes', { labels }, {})).toMatchObject({ code: 200 });
  });

  it('is told which labels are not its own to change', () => {
    expect(patched('nodes', { labels: { [RESTRICTED]: null, 'a.k8s.io/x': 'b', own: 'y' } }).body).toMatchObject({
      message: `nodes "n1" is forbidden: is not allowed to modify labels: a.k8s.io/x, ${RESTRICTED}`,
    });
  });

  it('leaves the labels of its Pods alone', () => {
    expect(patched('pods', { labels: { app: 'other' } })).toMatchObject({ code: 403, body: { message: 'pods "p" is forbidden: node "n1" cannot update labels through pod status' } });
    expect(patched('pods', { annotations: { a: 'b' } })).toMatchObject({ code: 200 });
  });
});
