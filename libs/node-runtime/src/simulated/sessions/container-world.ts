import { fieldsOf, type SimulatedContainer } from './simulated-container.ts';

const HOME = '/root';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Fields of the Pod that the downward API gives to containers, as far as the runtime knows them. */
const downward = ({ pod }: SimulatedContainer, path: unknown): string | undefined => {
  const known: Readonly<Record<string, string>> = {
    'metadata.name': pod.run.name,
    'metadata.namespace': pod.run.namespace,
    'metadata.uid': pod.run.uid,
    'spec.nodeName': pod.node,
    'status.podIP': pod.podIP,
  };
  return typeof path === 'string' ? known[path] : undefined;
};

/** The name of the container's host: the node's with the network of the host, else the Pod's. */
export const hostnameOf = ({ pod }: SimulatedContainer): string =>
  pod.run.spec.hostNetwork === true ? pod.node : pod.run.name.slice(0, 63).replace(/[-.]+$/, '');

/** The environment of the container. What refers to ConfigMaps and Secrets is left out: the runtime has none. */
export const environmentOf = (container: SimulatedContainer, tty: boolean): ReadonlyMap<string, string> => {
  const variables = new Map([
    ['PATH', PATH],
    ['HOSTNAME', hostnameOf(container)],
    ...(tty ? ([['TERM', 'xterm']] as const) : []),
  ]);
  for (const { name, value, valueFrom } of fieldsOf(container.spec).env) {
    if (typeof name !== 'string') continue;
    const source = (valueFrom ?? {}) as { readonly fieldRef?: { readonly fieldPath?: unknown } };
    const text = typeof value === 'string' || valueFrom === undefined ? (value ?? '') : downward(container, source.fieldRef?.fieldPath);
    if (typeof text === 'string') variables.set(name, text);
  }
  if (!variables.has('HOME')) variables.set('HOME', HOME);
  return variables;
};

/** The files of every simulated container, by path. */
export const filesOf = (container: SimulatedContainer): ReadonlyMap<string, string> =>
  new Map([
    ['/etc/hostname', `${hostnameOf(container)}\n`],
    ['/etc/hosts', `127.0.0.1\tlocalhost\n::1\tlocalhost\n${container.pod.podIP}\t${hostnameOf(container)}\n`],
    ['/etc/os-release', 'NAME="everynode simulated container"\nID=everynode\n'],
    ['/var/run/secrets/kubernetes.io/serviceaccount/namespace', container.pod.run.namespace],
  ]);

/** Commands that the container's PATH leads to; `sh` understands some words of its own beside them. */
export const COMMANDS = ['cat', 'clear', 'date', 'echo', 'env', 'false', 'hostname', 'ls', 'pwd', 'sh', 'sleep', 'true'] as const;
export type CommandName = (typeof COMMANDS)[number];

const DIRECTORIES = ['/', '/bin', '/dev', '/proc', '/root', '/sys', '/tmp', '/usr'];

/** Names in a directory, sorted; undefined when there is no such directory. */
export const listDirectory = (path: string, files: Iterable<string>): readonly string[] | undefined => {
  const names = new Set<string>();
  const base = path === '/' ? '/' : `${path}/`;
  const paths = [...DIRECTORIES, ...COMMANDS.map((name) => `/bin/${name}`), ...files];
  for (const entry of paths) {
    const name = entry.startsWith(base) ? entry.slice(base.length).split('/')[0] : undefined;
    if (name !== undefined && name !== '') names.add(name);
  }
  return names.size > 0 || DIRECTORIES.includes(path) ? [...names].sort() : undefined;
};

/** The absolute form of a path as seen from `/`. */
export const absolutePath = (path: string): string => {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
};
