import { badRequestStatus, chooseChannelProtocol, namedProtocols, type ChannelProtocol } from '@everynode/kubernetes-api';
import { createWebSocketStream } from 'ws';
import { StatusError } from '../../http/answer.ts';
import type { OpenSessions } from '../open-sessions.ts';
import type { BoundContainer, PodSessions } from '../pod-sessions.ts';
import { SpdyConnection } from '../spdy/spdy-connection.ts';
import { acceptSpdy } from '../spdy/spdy-handshake.ts';
import { upgradeOf, type Upgrade } from '../upgrade.ts';
import type { WebSockets } from '../web-sockets.ts';
import { runForwarded, type ForwardedConnection } from './forwarded-connection.ts';
import { PortChannels } from './port-channels.ts';
import { PortStreams } from './port-streams.ts';

/** What is spoken in the streams of SPDY. */
const PROTOCOL = 'portforward.k8s.io';
/** SPDY in the messages of a WebSocket, for clients behind what lets no SPDY through. */
const TUNNEL = `SPDY/3.1+${PROTOCOL}`;
const PORTS_MAX = 64;

type Take = (port: number, connection: ForwardedConnection) => void;

/** A client of port-forward: many connections on one. */
interface Forwarder {
  run(): Promise<void>;
  close(): Promise<void>;
}

const portsOf = ({ request }: Upgrade): readonly number[] => {
  const ports = request.query.getAll('ports').flatMap((text) => text.split(',')).map(Number);
  if (ports.length === 0 || ports.length > PORTS_MAX) throw new StatusError(badRequestStatus(`between 1 and ${PORTS_MAX} "ports" have to be named`));
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (wrong !== undefined) throw new StatusError(badRequestStatus('"ports" must be between 1 and 65535'));
  return ports;
};

/** Serves `pods/portforward`. */
export class PortForwards {
  private readonly pods: PodSessions;
  private readonly open: OpenSessions;
  private readonly webSockets: WebSockets;

  constructor(pods: PodSessions, open: OpenSessions, webSockets: WebSockets) {
    this.pods = pods;
    this.open = open;
    this.webSockets = webSockets;
  }

  /** Resolves when the client has left. Throws a StatusError before anything was answered. */
  async serve(upgrade: Upgrade): Promise<void> {
    this.open.checkRoom();
    const connect = this.connector(upgrade);
    const pod = await this.pods.podOf(upgrade);
    const bound = this.pods.hostOf(pod);
    const forwarder = await connect((port, connection) => void this.forward(bound, port, connection));
    await this.open.hold('port-forward', () => void forwarder.close(), () => forwarder.run());
  }

  private connector(upgrade: Upgrade): (take: Take) => Promise<Forwarder> {
    const { incoming, socket, head } = upgrade;
    if (upgradeOf(incoming) === 'spdy') {
      return async (take) => new PortStreams((takeStream) => new SpdyConnection(acceptSpdy(socket, head, PROTOCOL), takeStream), take);
    }
    const named = namedProtocols(incoming.headers['sec-websocket-protocol'] ?? '');
    if (named.includes(TUNNEL)) {
      return async (take) => {
        const webSocket = await this.webSockets.accept(incoming, socket, head, TUNNEL);
        return new PortStreams((takeStream) => new SpdyConnection(createWebSocketStream(webSocket), takeStream), take);
      };
    }
    const protocol = chooseChannelProtocol(named);
    if (protocol === undefined || protocol.isBase64) throw new StatusError(badRequestStatus(`none of the protocols that the client speaks is served: ${named.join(', ')}`));
    return this.overChannels(upgrade, protocol, portsOf(upgrade));
  }

  private overChannels({ incoming, socket, head }: Upgrade, protocol: ChannelProtocol, ports: readonly number[]): (take: Take) => Promise<Forwarder> {
    return async (take) => {
      const channels = new PortChannels(await this.webSockets.accept(incoming, socket, head, protocol.name), protocol, ports);
      return { run: () => channels.run(take), close: () => channels.close() };
    };
  }

  /** One connection to one port. What goes wrong with it is told on it, and the others go on. */
  private async forward(bound: BoundContainer, port: number, connection: ForwardedConnection): Promise<void> {
    const { name, uid } = bound.target;
    const about = `error forwarding port ${port} to pod ${name}, uid ${uid}: `;
    // The node says so itself of what goes wrong there.
    const failed = (reason: string): string => (reason.startsWith(about) ? reason : `${about}${reason}`);
    const telling: ForwardedConnection = {
      inputs: connection.inputs,
      send: (bytes) => connection.send(bytes),
      finish: (failure) => connection.finish(failure === undefined ? undefined : failed(failure)),
      onClose: (listener) => connection.onClose(listener),
    };
    try {
      this.open.checkRoom();
      const session = await this.pods.open(bound, { type: 'port-forward', port });
      await this.open.hold('forwarded-connection', () => session.close(), () => runForwarded(telling, session));
    } catch (error) {
      connection.inputs.end();
      await telling.finish(error instanceof Error ? error.message : String(error));
    }
  }
}
