import type { SimulatedAgent } from '../actors/simulated-agent.ts';
import type { SimulatedController } from '../actors/simulated-controller.ts';
import type { World } from '../world/world.ts';
import type { Fault } from './fault-plan.ts';

export interface Actors {
  readonly world: World;
  readonly controllers: readonly SimulatedController[];
  readonly agents: readonly SimulatedAgent[];
}

const picked = <T>(actors: readonly T[], target: number): T | undefined => actors[target % Math.max(actors.length, 1)];

/** Lets a fault happen now, and mends it after its time. */
export const applyFault = (fault: Fault, { world, controllers, agents }: Actors): void => {
  const leader = controllers.find((controller) => controller.isLeader);
  const agent = picked(agents, fault.target);
  const controller = picked(controllers, fault.target);
  const later = (mend: () => void): void => world.schedule.after(fault.forMs, mend);
  switch (fault.kind) {
    case 'leader-crash':
      leader?.crash();
      return later(() => leader?.restart());
    case 'standby-crash': {
      const standby = controllers.find((candidate) => !candidate.isLeader);
      standby?.crash();
      return later(() => standby?.restart());
    }
    case 'leader-freeze':
      return leader?.freeze(fault.forMs);
    case 'lease-stolen':
      return world.lease.steal();
    case 'agent-crash':
      agent?.crash();
      return later(() => agent?.start());
    case 'node-reboot':
      return agent?.reboot(picked(agent.nodes, fault.target) ?? '');
    case 'agent-disk-lost':
      agent?.loseDisk();
      return later(() => agent?.start());
    case 'controller-cut':
    case 'agent-cut': {
      const name = (fault.kind === 'agent-cut' ? agent?.name : controller?.name) ?? '';
      world.note(`${name} is cut off for ${fault.forMs} ms`);
      world.network.setCut(name, true);
      return later(() => world.network.setCut(name, false));
    }
  }
};
