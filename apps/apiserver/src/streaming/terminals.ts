import { badRequestStatus, chooseChannelProtocol, chooseStreamProtocol, namedProtocols, parseTerminalOptions } from '@everynode/kubernetes-api';
import { SESSION_CHANNELS, type NodeSession, type SessionRequest, type TerminalStreams } from '@everynode/node-streams';
import { StatusError } from '../http/answer.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { PodSessions } from './pod-sessions.ts';
import { SpdyConnection } from './spdy/spdy-connection.ts';
import { acceptSpdy } from './spdy/spdy-handshake.ts';
import { SpdyTerminal } from './spdy/spdy-terminal.ts';
import { runTerminal, type TerminalConnection } from './terminal.ts';
import { upgradeOf, type Upgrade } from './upgrade.ts';
import { WebSocketTerminal } from './web-socket-terminal.ts';
import type { WebSockets } from './web-sockets.ts';

const unknownProtocols = (named: readonly string[]): StatusError => new StatusError(badRequestStatus(`none of the protocols that the client speaks is served: ${named.join(', ')}`));

const overSpdy = ({ incoming, socket, head }: Upgrade, streams: TerminalStreams): (() => Promise<TerminalConnection>) => {
  const named = namedProtocols(String(incoming.headers['x-stream-protocol-version'] ?? ''));
  const protocol = chooseStreamProtocol(named);
  if (protocol === undefined) throw unknownProtocols(named);
  return () => new SpdyTerminal(streams, protocol, (take) => new SpdyConnection(acceptSpdy(socket, head, protocol.name), take)).start();
};

/** Serves `pods/exec` and `pods/attach`. */
export class Terminals {
  private readonly pods: PodSessions;
  private readonly open: OpenSessions;
  private readonly webSockets: WebSockets;

  constructor(pods: PodSessions, open: OpenSessions, webSockets: WebSockets) {
    this.pods = pods;
    this.open = open;
    this.webSockets = webSockets;
  }

  /** Resolves when the session is over. Throws a StatusError before anything was answered. */
  async serve(upgrade: Upgrade, subresource: 'exec' | 'attach'): Promise<void> {
    this.open.checkRoom();
    const parsed = parseTerminalOptions(upgrade.request.query, subresource);
    if (!parsed.ok) throw new StatusError(parsed.status);
    const { container, command, ...streams } = parsed.options;
    const connect = this.connector(upgrade, streams);
    const pod = await this.pods.podOf(upgrade);
    const asked: SessionRequest = subresource === 'exec' ? { type: 'exec', command, ...streams } : { type: 'attach', ...streams };
    const session = await this.pods.open(this.pods.containerOf(pod, container), asked);
    await this.open.hold(subresource, () => session.close(), () => this.join(upgrade, session, connect));
  }

  /** Chooses the protocol before anything is opened. Throws a StatusError (400). */
  private connector(upgrade: Upgrade, streams: TerminalStreams): () => Promise<TerminalConnection> {
    return upgradeOf(upgrade.incoming) === 'spdy' ? overSpdy(upgrade, streams) : this.overWebSocket(upgrade, streams);
  }

  private overWebSocket({ incoming, socket, head }: Upgrade, { stdout, stderr }: TerminalStreams): () => Promise<TerminalConnection> {
    const named = namedProtocols(incoming.headers['sec-websocket-protocol'] ?? '');
    const protocol = chooseChannelProtocol(named);
    if (protocol === undefined) throw unknownProtocols(named);
    return async () => {
      const webSocket = await this.webSockets.accept(incoming, socket, head, protocol.name);
      const terminal = new WebSocketTerminal(webSocket, protocol);
      if (stdout || stderr) await terminal.greet(stdout ? SESSION_CHANNELS.stdout : SESSION_CHANNELS.stderr);
      return terminal;
    };
  }

  private async join({ socket }: Upgrade, session: NodeSession, connect: () => Promise<TerminalConnection>): Promise<void> {
    // Until there is a connection that says so itself.
    socket.on('close', () => session.close());
    let connection: TerminalConnection;
    try {
      connection = await connect();
    } catch (error) {
      // The client has changed the protocol already, or is gone.
      session.close();
      socket.destroy();
      throw error;
    }
    await runTerminal(connection, session);
  }
}
