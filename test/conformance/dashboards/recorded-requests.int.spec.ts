// The requests that k9s and Headlamp send while people work with them, in the order of that work.
import type { Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startConformanceFleet } from '../conformance-fleet.ts';
import { HEADLAMP, HEADLAMP_SOCKETS, K9S, type RecordedRequest } from './recorded-requests.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const DAEMON_SET = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'recorded', namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: 'recorded' } },
    updateStrategy: { type: 'OnDelete' },
    template: { metadata: { labels: { app: 'recorded' } }, spec: { containers: [{ name: 'c', image: 'recorded:1' }] } },
  },
};

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string }; readonly spec: { readonly nodeName: string }; readonly status: { readonly phase?: string } }[];
}

describe('what dashboards really send', () => {
  let fleet: Fleet;
  let filledIn: (text: string) => string;

  beforeAll(async () => {
    fleet = await startConformanceFleet(false);
    await fleet.api('POST', '/apis/apps/v1/namespaces/default/daemonsets', DAEMON_SET);
    await fleet.until('its Pods run', async () => {
      const { items } = await fleet.api<PodList>('GET', '/api/v1/namespaces/default/pods');
      const [pod] = items;
      if (pod === undefined || items.some(({ status }) => status.phase !== 'Running')) return false;
      filledIn = (text) => text.replaceAll('POD', pod.metadata.name).replaceAll('UID', pod.metadata.uid).replaceAll('NODE', pod.spec.nodeName);
      return true;
    });
  });
  afterAll(() => fleet.stop());

  const send = async ({ method = 'GET', path, accept, type, body }: RecordedRequest): Promise<{ readonly code: number; readonly answer: unknown }> => {
    const response = await fetch(`${fleet.apiUrl}${filledIn(path)}`, {
      method,
      headers: { accept, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: type === PROTOBUF ? Buffer.from(body, 'base64') : body }),
    });
    return { code: response.status, answer: await response.json() };
  };
  const answered = ({ code, answer }: RecordedRequest): object => ({ code, answer: JSON.parse(filledIn(JSON.stringify(answer))) as object });

  it.each(K9S)('k9s, when somebody $when: $path', async (recorded) => {
    expect(await send(recorded)).toMatchObject(answered(recorded));
  });

  it.each(HEADLAMP)('Headlamp, when somebody $when: $path', async (recorded) => {
    expect(await send(recorded)).toMatchObject(answered(recorded));
  });

  it.each(HEADLAMP_SOCKETS)('Headlamp, when somebody $when: a WebSocket on $path', async ({ path, protocols, protocol, says }) => {
    const socket = new WebSocket(`${fleet.apiUrl.replace('http', 'ws')}${filledIn(path)}`, [...protocols]);
    let said = '';
    // Of the watch messages are lines; of a log they are base64; of a terminal they start with the number of the channel.
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const text = isBinary ? data.subarray(1).toString('utf8') : data.toString('utf8');
      said += isBinary || text.startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8');
    });
    await expect.poll(() => said, { timeout: 10_000 }).toMatch(new RegExp(filledIn(says.source)));
    expect(socket.protocol).toBe(protocol);
    socket.terminate();
  });
});
