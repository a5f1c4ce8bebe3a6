import type { Container } from '@everynode/core';
import type { AttachRequest, RuntimeSessionOutcome, RuntimeSessionOutput, SessionRequest, SessionTarget } from '../../session.port.ts';
import type { SimulatedPod } from '../simulated-pod.ts';
import type { SingleRun } from '../single-run.ts';
import { openExec } from './exec-session.ts';
import { openLog } from './log-session.ts';
import { openPort } from './port-session.ts';
import type { ContainerRun, SessionSurroundings, SimulatedContainer } from './simulated-container.ts';

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly outcome: RuntimeSessionOutcome };

type ContainerRequest = Exclude<SessionRequest, { type: 'port-forward' }>;

/** What was said before somebody attaches belongs to the log. */
const FROM_NOW = { follow: true, timestamps: false, tailLines: 0, untilEnd: true };

const refuse = (code: number, reason: string, message: string): { readonly ok: false; readonly outcome: RuntimeSessionOutcome } => ({
  ok: false,
  outcome: { outcome: 'refused', code, reason, message },
});

const isRunning = ({ stage }: SimulatedPod): boolean => stage === 'running' || stage === 'ready' || stage === 'stopping';

const presentRun = (pod: SimulatedPod): ContainerRun | undefined =>
  pod.runStartedAt === undefined ? undefined : { number: pod.restarts, startedAt: pod.runStartedAt };

/** What a container that has never run is waiting for, in the kubelet's words. */
const whatItWaitsFor = ({ stage, failures, run }: SimulatedPod): string => {
  if (stage === 'pull-failed') return 'trying and failing to pull image';
  if (stage === 'pulling' && failures > 0) return "image can't be pulled";
  return (run.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating';
};

/** The run whose log is asked for: the present one, or the last that ended. */
const runForLog = (target: SessionTarget, pod: SimulatedPod, previous: boolean): Outcome<ContainerRun> => {
  const { container, name } = target;
  const present = presentRun(pod);
  if (!previous) {
    return present === undefined
      ? refuse(400, 'BadRequest', `container "${container}" in pod "${name}" is waiting to start: ${whatItWaitsFor(pod)}`)
      : { ok: true, value: present };
  }
  // A container that waits for its restart has its last run behind it.
  const run = pod.stage === 'crashed' ? present : pod.pastRun;
  return run === undefined
    ? refuse(400, 'BadRequest', `previous terminated container "${container}" in pod "${name}" not found`)
    : { ok: true, value: run };
};

const containerOf = (target: SessionTarget, pod: SimulatedPod): Outcome<SimulatedContainer> => {
  const spec = pod.run.spec.containers.find(({ name }) => name === target.container);
  return spec === undefined
    ? refuse(400, 'BadRequest', `container ${target.container} is not valid for pod ${target.name}`)
    : { ok: true, value: { pod, spec } };
};

/** A container that runs once. */
interface OnceContainer extends SimulatedContainer {
  /** Undefined while it has not started. */
  readonly run: (ContainerRun & { readonly single: SingleRun }) | undefined;
  readonly isEphemeral: boolean;
}

const onceContainerOf = ({ container }: SessionTarget, pod: SimulatedPod): OnceContainer | undefined => {
  const isNamed = ({ name }: Container): boolean => name === container;
  const ephemeral = pod.run.spec.ephemeralContainers?.find(isNamed);
  const spec = ephemeral ?? pod.run.spec.initContainers?.find(isNamed);
  if (spec === undefined) return undefined;
  const single = (ephemeral === undefined ? pod.init : pod.ephemeral).get(container);
  const run = single === undefined ? undefined : { number: 0, startedAt: single.startedAt, single };
  return { pod, spec, run, isEphemeral: ephemeral !== undefined };
};

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** What a container runs that people talk to; the images that they take for that start a shell. */
const programOf = ({ spec }: SimulatedContainer): readonly string[] => {
  const program = [...words(spec['command']), ...words(spec['args'])];
  return program.length === 0 ? ['sh'] : program;
};

/** Whoever is attached hears that the program has ended; how is said in the container's status. */
async function* withoutExitCode(output: AsyncIterable<RuntimeSessionOutput>): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  for await (const item of output) yield item.type === 'end' && item.end.type === 'exited' ? { type: 'end', end: { type: 'exited', exitCode: 0 } } : item;
}

/** Whoever attaches with their input talks to the container's program. It is simulated for as long as somebody is attached; one that nobody has attached to waits. */
const talk = (
  request: AttachRequest,
  container: SimulatedContainer,
  run: ContainerRun,
  surroundings: SessionSurroundings,
  onExit: (exitCode: number) => void,
): RuntimeSessionOutcome => {
  const session = openExec({ ...request, type: 'exec', command: programOf(container) }, container, run, surroundings, onExit);
  return { outcome: 'opened', session: { ...session, output: withoutExitCode(session.output) } };
};

/** A session with an ephemeral container or an init container. An ephemeral one ends with the program that somebody talks to. */
const openInOnce = (
  target: SessionTarget,
  request: ContainerRequest,
  container: OnceContainer,
  surroundings: SessionSurroundings,
): RuntimeSessionOutcome => {
  const { pod, run } = container;
  if (request.type === 'log') {
    if (request.previous)
      return refuse(400, 'BadRequest', `previous terminated container "${target.container}" in pod "${target.name}" not found`).outcome;
    return run === undefined
      ? refuse(400, 'BadRequest', `container "${target.container}" in pod "${target.name}" is waiting to start: ${whatItWaitsFor(pod)}`).outcome
      : { outcome: 'opened', session: openLog(container, run, request, surroundings) };
  }
  if (run === undefined || run.single.finishedAt !== undefined || pod.isLost)
    return refuse(500, 'InternalError', `unable to upgrade connection: container not found ("${target.container}")`).outcome;
  if (request.type === 'exec') return { outcome: 'opened', session: openExec(request, container, run, surroundings) };
  if (!request.stdin || !container.isEphemeral) return { outcome: 'opened', session: openLog(container, run, FROM_NOW, surroundings) };
  return talk(request, container, run, surroundings, (exitCode) => surroundings.endEphemeral(target.uid, target.container, exitCode));
};

const openInContainer = (
  target: SessionTarget,
  request: ContainerRequest,
  pod: SimulatedPod,
  surroundings: SessionSurroundings,
): RuntimeSessionOutcome => {
  const once = onceContainerOf(target, pod);
  if (once !== undefined) return openInOnce(target, request, once, surroundings);
  const container = containerOf(target, pod);
  if (!container.ok) return container.outcome;
  if (request.type === 'log') {
    const run = runForLog(target, pod, request.previous);
    return run.ok ? { outcome: 'opened', session: openLog(container.value, run.value, request, surroundings) } : run.outcome;
  }
  const run = presentRun(pod);
  if (run === undefined || !isRunning(pod))
    return refuse(500, 'InternalError', `unable to upgrade connection: container not found ("${target.container}")`).outcome;
  if (request.type === 'exec') return { outcome: 'opened', session: openExec(request, container.value, run, surroundings) };
  const takesInput = request.stdin && container.value.spec['stdin'] === true;
  if (takesInput) return talk(request, container.value, run, surroundings, (exitCode) => surroundings.endRun(target.uid, exitCode));
  return { outcome: 'opened', session: openLog(container.value, run, FROM_NOW, surroundings) };
};

/** Opens a session, or says as the kubelet would why there is none. `pod` is what the runtime has under the uid. */
export const openSimulatedSession = (
  node: string,
  target: SessionTarget,
  request: SessionRequest,
  pod: SimulatedPod | undefined,
  surroundings: SessionSurroundings,
): RuntimeSessionOutcome => {
  if (pod === undefined || pod.node !== node || pod.run.name !== target.name || pod.run.namespace !== target.namespace)
    return refuse(404, 'NotFound', request.type === 'log' ? `pod "${target.name}" does not exist` : 'pod does not exist').outcome;
  if (request.type !== 'port-forward') return openInContainer(target, request, pod, surroundings);
  if (isRunning(pod)) return { outcome: 'opened', session: openPort(pod, request.port) };
  return refuse(500, 'InternalError', `error forwarding port ${request.port} to pod ${target.name}, uid ${target.uid}: the sandbox is not running`).outcome;
};
