import type { NodeSessions } from '@everynode/node-streams';
import type { ReadSource } from '../reading/read-source.ts';
import { OpenSessions } from './open-sessions.ts';
import { PodLog } from './pod-log.ts';
import { PodProxy } from './pod-proxy/pod-proxy.ts';
import { PodSessions } from './pod-sessions.ts';
import { PortForwards } from './port-forward/port-forwards.ts';
import { Terminals } from './terminals.ts';
import type { UpgradeRoute } from './upgrades.ts';
import { WebSockets } from './web-sockets.ts';

export interface StreamingParts {
  readonly present: ReadSource;
  readonly sessions: NodeSessions;
  /** Sessions with containers that may be open at once. */
  readonly sessionsMax: number;
}

/** The parts of an API server that lead into containers. */
export interface Streaming {
  readonly log: PodLog;
  readonly proxy: PodProxy;
  readonly open: OpenSessions;
  readonly routes: readonly UpgradeRoute[];
}

export const composeStreaming = ({ present, sessions, sessionsMax }: StreamingParts): Streaming => {
  const open = new OpenSessions(sessionsMax);
  const pods = new PodSessions(present, sessions);
  const webSockets = new WebSockets();
  const terminals = new Terminals(pods, open, webSockets);
  const terminalRoute: UpgradeRoute = (upgrade) => {
    const name = upgrade.target.subresource?.name;
    return name === 'exec' || name === 'attach' ? terminals.serve(upgrade, name) : undefined;
  };
  const portForwards = new PortForwards(pods, open, webSockets);
  const portForwardRoute: UpgradeRoute = (upgrade) => (upgrade.target.subresource?.name === 'portforward' ? portForwards.serve(upgrade) : undefined);
  return { log: new PodLog(pods, open, present.clock), proxy: new PodProxy(pods, open), open, routes: [terminalRoute, portForwardRoute] };
};
