import { Fleet } from '@everynode/testkit';

/** Ways to reach the API: clients have to work over both. */
export const TRANSPORTS = [
  ['plain HTTP', false],
  ['TLS', true],
] as const;

/** Three nodes, of which the first is a control plane that takes only Pods that tolerate it. */
export const startConformanceFleet = async (tls: boolean): Promise<Fleet> => {
  const fleet = await Fleet.start({
    controllers: 1,
    tls,
    agents: [
      { name: 'control', nodes: 1, labels: 'node-role.kubernetes.io/control-plane=', taints: 'node-role.kubernetes.io/control-plane=:NoSchedule' },
      { name: 'workers', nodes: 2, startIndex: 2 },
    ],
  });
  await fleet.until('three nodes are there', async () => (await fleet.api<{ items: unknown[] }>('GET', '/api/v1/nodes')).items.length === 3);
  return fleet;
};
