// Two API servers as processes of their own behind one real broker: what is written through one is read through the other, and what a client began at one it goes on with at the other.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@everynode/event-log-jetstream';
import { Fleet, FleetProcess, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaithfulWatch } from './faithful-watch.ts';
import { daemonSet, DAEMONSETS, runsOnExactly } from './fleet-view.ts';

const execute = promisify(execFile);

const MAPS = '/api/v1/namespaces/default/configmaps';
const WRITES = 500;

interface Shown {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

interface List {
  readonly metadata: { readonly continue?: string; readonly resourceVersion: string };
  readonly items: readonly Shown[];
}

let fleet: Fleet;
let second: FleetProcess;
let urls: readonly [string, string];
let binary: string;

const get = async (url: string, path: string): Promise<Response> => fetch(`${url}${path}`);

const write = async (url: string, method: string, path: string, body?: object): Promise<void> => {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const response = await fetch(`${url}${path}`, { method, headers: { 'content-type': type }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
};

/** The objects that a watch begins with. */
const initialEvents = async (url: string): Promise<readonly Shown[]> => {
  const abort = new AbortController();
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const response = await fetch(`${url}${MAPS}?${query}`, { signal: abort.signal });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes('"BOOKMARK"')) break;
  }
  abort.abort();
  const events = text.trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: Shown });
  return events.filter(({ type }) => type === 'ADDED').map(({ object }) => object);
};

const lookups: readonly ((url: string, name: string) => Promise<Shown | undefined>)[] = [
  async (url, name) => {
    const response = await get(url, `${MAPS}/${name}`);
    return response.ok ? ((await response.json()) as Shown) : undefined;
  },
  async (url, name) => ((await (await get(url, MAPS)).json()) as List).items.find(({ metadata }) => metadata.name === name),
  async (url, name) => (await initialEvents(url)).find(({ metadata }) => metadata.name === name),
];

const kubectl = async (url: string, ...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const home = join(fleet.dir, 'kubectl-home');
  const env = { ...process.env, HOME: home, KUBECACHEDIR: join(home, 'cache'), KUBECONFIG: fleet.kubeconfig };
  return execute(binary, ['--server', url, ...args], { env, timeout: 60_000 });
};

beforeAll(async () => {
  binary = await kubectlBinary('1.35');
  fleet = await Fleet.start({ controllers: 1, profile: 'instant', agents: [{ name: 'agent-1', nodes: 5 }] });
  const port = await freePort();
  second = new FleetProcess({ name: 'apiserver-2', bundle: 'apiserver', args: ['--nats', fleet.broker.url, '--port', String(port), '--insecure'], logDir: join(fleet.dir, 'logs') });
  urls = [fleet.apiUrl, `http://127.0.0.1:${port}`];
  await fleet.until('the second API server is ready', async () => (await get(urls[1], '/readyz')).ok);
});

afterAll(async () => {
  await second?.signal('SIGKILL');
  await fleet?.stop();
});

describe('two API servers', () => {
  it('show through one at once what was written through the other', async () => {
    let stale = 0;
    let writes = 0;
    for (let round = 0; writes < WRITES; round += 1) {
      const [writer, reader] = round % 2 === 0 ? urls : [urls[1], urls[0]];
      const look = lookups[round % lookups.length];
      if (look === undefined) throw new Error('there is a lookup for each round');
      const name = `map-${round}`;
      await write(writer, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { step: 'created' } });
      if ((await look(reader, name))?.data?.['step'] !== 'created') stale += 1;
      await write(writer, 'PATCH', `${MAPS}/${name}`, { data: { step: 'patched' } });
      if ((await look(reader, name))?.data?.['step'] !== 'patched') stale += 1;
      await write(writer, 'DELETE', `${MAPS}/${name}`);
      if ((await look(reader, name)) !== undefined) stale += 1;
      writes += 3;
    }
    expect(stale).toBe(0);
  });

  it('give out the pages of one list in turns, all of the same state', async () => {
    await fleet.api('POST', DAEMONSETS, daemonSet('web'));
    await fleet.until('web runs', () => runsOnExactly(fleet, 'web', ['node-1', 'node-2', 'node-3', 'node-4', 'node-5']));
    const names: string[] = [];
    const versions = new Set<string>();
    let token: string | undefined = '';
    for (let page = 0; token !== undefined; page += 1) {
      const response = await get(urls[page % 2 === 0 ? 0 : 1], `/api/v1/namespaces/default/pods?limit=2&continue=${token}`);
      const list = (await response.json()) as List;
      expect(response.status, JSON.stringify(list)).toBe(200);
      names.push(...list.items.map(({ metadata }) => metadata.name));
      versions.add(list.metadata.resourceVersion);
      token = list.metadata.continue;
      // Pages do not show what happens in between, whichever server makes them.
      if (page === 0) await write(urls[1], 'DELETE', `/api/v1/namespaces/default/pods/${names[0] ?? ''}`);
    }
    expect(new Set(names).size).toBe(5);
    expect(versions.size).toBe(1);
  });

  it('lose no write, neither for who reads at once nor for who watches, whichever process ends', async () => {
    const { metadata } = (await (await get(urls[0], MAPS)).json()) as List;
    const watches = [urls, [urls[1], urls[0]], [urls[0]]].map((places) => new FaithfulWatch(places.map((url) => `${url}${MAPS}?allowWatchBookmarks=true`), metadata.resourceVersion));
    const acknowledged: string[] = [];
    const stale: string[] = [];
    const writeOnce = async (round: number): Promise<void> => {
      const [writer, reader] = round % 2 === 0 ? urls : [urls[1], urls[0]];
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `kept-${round}` } });
      const response = await fetch(`${writer}${MAPS}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (response.status !== 201) throw new Error(await response.text());
      const written = (await response.json()) as Shown;
      acknowledged.push(`${written.metadata.name}@${written.metadata.resourceVersion}`);
      const read = await get(reader, `${MAPS}/${written.metadata.name}`);
      if (read.status === 404 && read.headers.get('warning') === null) stale.push(written.metadata.name);
    };
    let rounds = 0;
    /** Writes until so many more are acknowledged; what fails meanwhile is not counted, as it may or may not have been carried out. */
    const writeMore = async (count: number): Promise<void> => {
      const goal = acknowledged.length + count;
      await fleet.until(`${count} more writes are acknowledged`, async () => {
        await writeOnce((rounds += 1)).catch(() => undefined);
        return acknowledged.length >= goal;
      }, 60_000, 1);
    };
    const faults: readonly (() => Promise<void>)[] = [
      async () => {
        await fleet.apiserver.signal('SIGTERM');
        fleet.apiserver.start();
      },
      () => second.restart(),
      async () => fleet.controllers[0]?.restart(),
      async () => {
        await fleet.broker.stop();
        await fleet.broker.restart();
      },
      () => fleet.apiserver.restart(),
    ];
    await writeMore(20);
    for (const fault of faults) {
      const writing = writeMore(40);
      await fault();
      await writing;
    }
    for (const watch of watches) {
      await fleet.until('the watch has seen every write', async () => acknowledged.every((write) => watch.seen.has(write)));
      expect(watch.refusals).toEqual([]);
      watch.stop();
    }
    expect(stale).toEqual([]);
  });

  it('go on answering kubectl while the broker is gone, and say how old that is', async () => {
    await fleet.broker.stop();
    try {
      for (const url of urls) {
        await fleet.until('it is noticed', async () => (await get(url, '/readyz')).status === 503);
        const { stdout, stderr } = await kubectl(url, 'get', 'ds');
        expect(stdout).toMatch(/^web +5 /m);
        expect(stderr).toMatch(/^Warning: the broker cannot be reached: this is the fleet as it was \d+ s ago, after record \d+$/m);
      }
    } finally {
      await fleet.broker.restart();
    }
    for (const url of urls) {
      await fleet.until('reads are new again', async () => (await get(url, MAPS)).headers.get('warning') === null);
      expect((await kubectl(url, 'get', 'ds')).stderr).toBe('');
    }
  });
});
