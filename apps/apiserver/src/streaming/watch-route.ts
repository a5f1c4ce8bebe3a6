import { isFlagSet, methodNotAllowedOnPathStatus } from '@everynode/kubernetes-api';
import { StatusError, type Reply } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { upgradeOf, type Upgrade } from './upgrade.ts';
import type { UpgradeRoute } from './upgrades.ts';
import { webSocketProtocols } from './web-socket-protocols.ts';
import { lineMessages, WebSocketSink } from './web-socket-sink.ts';
import { closeSocket, WebSockets } from './web-sockets.ts';

/** Watches over a WebSocket, as dashboards in browsers open them: the same events, each a message of its own. `handle` answers the same request over HTTP. */
export const watchRoute = (handle: (request: ResourceRequest) => Promise<Reply>): UpgradeRoute => {
  const webSockets = new WebSockets();
  const serve = async (upgrade: Upgrade): Promise<void> => {
    const { target, request, incoming, socket, head } = upgrade;
    const reply = await handle({ target, request });
    if (reply.type !== 'stream') throw new StatusError(methodNotAllowedOnPathStatus());
    const webSocket = await webSockets.accept(incoming, socket, head, webSocketProtocols(incoming)[0] ?? '');
    await reply.run(new WebSocketSink(webSocket, lineMessages()));
    await closeSocket(webSocket);
  };
  return (upgrade) => {
    const { target, request, incoming } = upgrade;
    const isWatch = target.name === undefined && request.method === 'GET' && isFlagSet(request.query, 'watch');
    return isWatch && upgradeOf(incoming) === 'websocket' ? serve(upgrade) : undefined;
  };
};
