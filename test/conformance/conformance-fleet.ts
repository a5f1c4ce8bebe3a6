import { Fleet } from '@everynode/testkit';

/** Three nodes, of which the first is a control plane that takes only Pods that tolerate it. */
export const startConformanceFleet = (): Promise<Fleet> =>
  Fleet.start({
    controllers: 1,
    agents: [
      { name: 'control', nodes: 1, labels: 'node-role.kubernetes.io/control-plane=', taints: 'node-role.kubernetes.io/control-plane=:NoSchedule' },
      { name: 'workers', nodes: 2, startIndex: 2 },
    ],
  });
