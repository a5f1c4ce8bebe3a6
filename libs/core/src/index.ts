export type { Milliseconds } from './kernel/time.ts';
export { fromRfc3339, toMicroTime, toRfc3339 } from './kernel/time.ts';
export { LIMITS } from './kernel/limits.ts';
export { invariant } from './kernel/invariant.ts';
export { hash32, randomFrom } from './kernel/random.ts';
export type { Random } from './kernel/random.ts';
export { cancel, emptyDelayQueue, nextDueAt, schedule, takeDue } from './kernel/delay-queue.ts';
export type { DelayQueue } from './kernel/delay-queue.ts';
export type {
  Affinity,
  Condition,
  Container,
  ControllerRevision,
  DaemonSet,
  DaemonSetSpec,
  DaemonSetStatus,
  KubernetesObject,
  LabelSelector,
  Labels,
  Node,
  NodeSelectorTerm,
  ObjectMeta,
  OwnerReference,
  Pod,
  PodPhase,
  PodSpec,
  PodStatus,
  PodTemplate,
  SelectorRequirement,
  Taint,
  TaintEffect,
  Toleration,
} from './kubernetes/objects.ts';
export type { ContainerEnd, ContainerReport, DeletionCause, FleetEvent, FleetEventType, ObjectKey, PodReport, RecordBody, RequestAudit } from './event/fleet-event.ts';
export type { Change, Dirty, FleetState, Key, NodeSession, RememberedAnswer } from './fleet/state.ts';
export { clearDirty, daemonSetsOf, emptyFleet, keyOf, keyOfObject, nodeNamed, nodesOf, objectsOf, podsOf, revisionsOf } from './fleet/state.ts';
export { controllerOf } from './fleet/object-table.ts';
export { evolve, evolveRecord } from './fleet/evolve.ts';
export { targetNodeOf } from './placement/target-node.ts';
export { GENERATION_ANNOTATION, GENERATION_LABEL, HASH_LABEL } from './daemonset/daemon-pod.ts';
export type {
  ApiWrite,
  ControllerAnswer,
  ControllerInput,
  NodeHeartbeat,
  NodeRegistration,
  NodeReport,
  PatchType,
  PodStatusReport,
  PropagationPolicy,
  RegistrationAnswer,
  StatusBody,
  TaintChange,
  WriteAnswer,
  WriteVerb,
} from './controller/input.ts';
export type { Decision } from './controller/decision.ts';
export type { NodeCommands, RunPod, TerminatePod } from './kubelet/node-commands.ts';
export type { RuntimeEvent, RuntimeRequest } from './kubelet/runtime.ts';
export { readSnapshot, writeSnapshot } from './fleet/snapshot.ts';
export { digestOf, linesOf } from './fleet/digest.ts';
export { subjectOfEvent, objectInEvent } from './event/subject-of-event.ts';
export type { RecordSubject } from './event/subject-of-event.ts';
export { parseRecordBody } from './controller/record-builder.ts';
export { commandsInForce } from './controller/commands-in-force.ts';
export type { Append, Effect } from './controller/append-queue.ts';
export { ControllerMachine } from './controller/controller-machine.ts';
export type { ControllerAction, ControllerConfig, ControllerMessage, ControllerRole, FollowedRecord } from './controller/controller-machine.ts';
export type { ClusterFurnishing } from './namespace/furnish-cluster.ts';
export type { Preparation } from './api-write/preparation.ts';
export type { RunningPod } from './kubelet/runtime.ts';
export type { NodeRecord, PodRecord, PodStage, StoreChange } from './kubelet/node-record.ts';
export { NodeRecords } from './kubelet/node-record.ts';
export type {
  AgentMessage,
  CommandRefusal,
  KubeletAction,
  KubeletConfig,
  KubeletCounters,
  KubeletMessage,
  NodeDescription,
  StartedNode,
} from './kubelet/kubelet-messages.ts';
export { KUBELET_DEFAULTS, shutdownTimes } from './kubelet/kubelet-messages.ts';
export { heartbeatIntervalOf, heartbeatMistake, leastGraceMs } from './node/heartbeat-times.ts';
export { isShuttingDown } from './node/conditions.ts';
export { isCritical } from './node/shutdown.ts';
export type { HostedNode, HostedPod } from './kubelet/hosted-node.ts';
export { KubeletMachine } from './kubelet/kubelet-machine.ts';
export { CLEARS_TAINT_ANNOTATION } from './kubelet/clears-taint.ts';
export { fitOn, placementOf } from './placement/node-fit.ts';
export type { NodeFit, Placement } from './placement/node-fit.ts';
export { isAvailable } from './daemonset/pod-facts.ts';
export { allowsSurge, rolloutLimits } from './rollout/rollout-limits.ts';
export { PROGRESS_DEADLINE_ANNOTATION } from './rollout/rollout-progress.ts';
export { ROLLOUT_POLICY_ANNOTATION } from './rollout/rollout-policy.ts';
export { EXCLUDE_LABEL } from './placement/node-fit.ts';
export { isOfTemplate } from './revision/template-patch.ts';
export { planDaemonSet } from './daemonset/plan.ts';
export type { Plan, PlanInput } from './daemonset/plan.ts';
export type { PlanStep } from './daemonset/plan-step.ts';
export { explainNode, explainNodes } from './daemonset/explain-node.ts';
export type { Explanation, PodExplanation } from './daemonset/explain-node.ts';
export type { Reason } from './daemonset/reason.ts';
