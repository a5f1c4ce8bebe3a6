export type { NodeRuntime, Scheduler, StoredPod } from './node-runtime.port.ts';
export type {
  AttachRequest,
  ExecRequest,
  LogRequest,
  PortForwardRequest,
  RuntimeSession,
  RuntimeSessionEnd,
  RuntimeSessionOutcome,
  RuntimeSessionOutput,
  SessionRefusal,
  SessionRequest,
  SessionTarget,
  TerminalSize,
  TerminalStreams,
} from './session.port.ts';
export type { ContainerUsage, NodeUsage, PodUsage, Usage } from './usage.port.ts';
export type { BackOff, DelayRange, PodBehaviour, RuntimeProfile, SelfEnd } from './simulated/profile.ts';
export { behaviourOf, KUBERNETES_BACK_OFF, RUNTIME_PROFILES } from './simulated/profile.ts';
export { SimulatedNodeRuntime } from './simulated/simulated-node-runtime.ts';
export type { SimulatedRuntimeConfig, SimulatedRuntimeMessage } from './simulated/simulated-runtime.ts';
export { SimulatedRuntime } from './simulated/simulated-runtime.ts';
export { ProfileError, readProfile } from './simulated/read-profile.ts';
