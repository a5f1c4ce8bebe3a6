import type { Status } from '@everynode/kubernetes-api';
import { statusAnswer } from '../http/answer.ts';
import type { Endpoint } from '../request-handler.ts';

const RUNNING_POD = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/(proxy)(\/|$)/;

const notImplemented = (message: string): Status => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'NotImplemented', code: 501 });

/** Says plainly what of a running Pod is not served, where a client would otherwise only learn that there is no such path. */
export const unservedEndpoint: Endpoint = ({ path }) => {
  const match = RUNNING_POD.exec(path);
  if (match === null) return undefined;
  return statusAnswer(notImplemented(`pods/${match[2] ?? ''} is not served: this server does not reach into the containers of pod ${JSON.stringify(match[1])}`));
};
