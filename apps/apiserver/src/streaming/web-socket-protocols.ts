import type { IncomingMessage } from 'node:http';
import { namedProtocols } from '@everynode/kubernetes-api';

/** Not a protocol, but how browsers bring their token. */
const TOKEN_CARRIER = 'base64url.bearer.authorization.k8s.io.';

/** The protocols that a client speaks, in its order. */
export const webSocketProtocols = ({ headers }: Pick<IncomingMessage, 'headers'>): readonly string[] =>
  namedProtocols(headers['sec-websocket-protocol'] ?? '').filter((name) => !name.startsWith(TOKEN_CARRIER));
