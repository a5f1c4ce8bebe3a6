import type { SimulatedAgent } from '../actors/simulated-agent.ts';
import type { SimulatedController } from '../actors/simulated-controller.ts';
import type { World } from '../world/world.ts';
import type { Fault } from './fault-plan.ts';

export interface Actors {
  readonly world: World;
  readonly controllers: readonly SimulatedController[];
  readonly agents: readonly SimulatedAgent[];
}

/** Shorter than what most faults take, so that the node is off for a while. */
const SHUTDOWN_SECONDS = 3;

const picked = <T>(actors: readonly T[], target: number): T | undefined => actors[target % Math.max(actors.length, 1)];

const cut = (name: string, { forMs }: Fault, world: World): void => {
  world.note(`${name} is cut off for ${forMs} ms`);
  world.network.setCut(name, true);
  world.schedule.after(forMs, () => world.network.setCut(name, false));
};

type AgentFault = Fault & { readonly kind: 'agent-crash' | 'agent-disk-lost' | 'node-reboot' | 'node-shutdown' };

const applyToAgent = ({ kind, target }: AgentFault, agent: SimulatedAgent, later: (mend: () => void) => void): void => {
  const node = picked(agent.nodes, target) ?? '';
  switch (kind) {
    case 'agent-crash':
      agent.crash();
      return later(() => agent.start());
    case 'agent-disk-lost':
      agent.loseDisk();
      return later(() => agent.start());
    case 'node-reboot':
      return agent.reboot(node);
    case 'node-shutdown':
      agent.shutDown(node, SHUTDOWN_SECONDS);
      return later(() => agent.reboot(node));
  }
};

/** Lets a fault happen now, and mends it after its time. */
export const applyFault = (fault: Fault, { world, controllers, agents }: Actors): void => {
  const leader = controllers.find((controller) => controller.isLeader);
  const agent = picked(agents, fault.target);
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
    case 'controller-cut':
      return cut(picked(controllers, fault.target)?.name ?? '', fault, world);
    case 'agent-cut':
      return cut(agent?.name ?? '', fault, world);
    case 'agent-crash':
    case 'agent-disk-lost':
    case 'node-reboot':
    case 'node-shutdown':
      if (agent !== undefined) applyToAgent({ ...fault, kind: fault.kind }, agent, later);
  }
};
