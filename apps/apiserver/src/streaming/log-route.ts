import { badRequestStatus, chooseReaderProtocol } from '@everynode/kubernetes-api';
import { StatusError, type Reply, type Sink } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { endUpgrade, upgradeOf, type Upgrade } from './upgrade.ts';
import type { UpgradeRoute } from './upgrades.ts';
import { webSocketProtocols } from './web-socket-protocols.ts';
import { byteMessages, WebSocketSink } from './web-socket-sink.ts';
import { closeSocket, WebSockets } from './web-sockets.ts';

/** For a client that is gone already: whatever writes to it ends at once. */
const NOBODY: Sink = { isClosed: true, write: () => true, drained: async () => undefined, onClose: (listener) => listener(), abort: () => undefined };

/** Logs over a WebSocket, as dashboards in browsers open them. `handle` answers the same request over HTTP. */
export const logRoute = (handle: (request: ResourceRequest) => Promise<Reply>): UpgradeRoute => {
  const webSockets = new WebSockets();
  const serve = async ({ target, request, incoming, socket, head }: Upgrade): Promise<void> => {
    const named = webSocketProtocols(incoming);
    const protocol = chooseReaderProtocol(named);
    if (protocol === undefined) throw new StatusError(badRequestStatus(`none of the protocols that the client speaks is served: ${named.join(', ')}`));
    const reply = await handle({ target, request });
    if (reply.type !== 'stream') return endUpgrade(socket, reply.code);
    const webSocket = await webSockets.accept(incoming, socket, head, protocol.name).catch(async (error: unknown) => {
      await reply.run(NOBODY);
      throw error;
    });
    const sink = new WebSocketSink(webSocket, byteMessages(protocol));
    // An empty message tells clients that wait for one that the log is open.
    sink.write('');
    await reply.run(sink);
    await closeSocket(webSocket);
  };
  return (upgrade) => {
    const { target, request, incoming } = upgrade;
    const isLog = target.subresource?.name === 'log' && request.method === 'GET';
    return isLog && upgradeOf(incoming) === 'websocket' ? serve(upgrade) : undefined;
  };
};
