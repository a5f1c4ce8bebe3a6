import { IsBoolean, IsIn, IsInt, IsNumber, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import {
  LIMITS,
  type ContainerEnd,
  type ContainerReport,
  type ControllerInput,
  type NodeHeartbeat,
  type NodeRegistration,
  type NodeReport,
  type PodPhase,
  type PodReport,
  type PodStatusReport,
  type Taint,
  type TaintChange,
  type TaintEffect,
} from '@everynode/core';
import { Absentable, IsStringMap, Nested, NestedList, readMessage, type CheckOptions } from './message-checks.ts';

const NAME_MAX = 253;
const TEXT_MAX = 1_024;
const MAP_MAX = 256;
const TAINTS_MAX = 128;
const CONTAINERS_MAX = 128;
const CONTAINER_ID_MAX = 256;
const HEARTBEAT_INTERVAL_MS_MAX = 86_400_000;
const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const PHASES: readonly PodPhase[] = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

class TaintMessage implements Taint {
  @IsString() @Length(1, 316) readonly key!: string;
  @Absentable() @IsString() @MaxLength(63) readonly value?: string;
  @IsIn(EFFECTS) readonly effect!: TaintEffect;
  @Absentable() @IsString() @MaxLength(64) readonly timeAdded?: string;
}

class NodeRegistrationMessage implements NodeRegistration {
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @Absentable() @IsString() @Length(1, 64) readonly uid?: string;
  @IsString() @Length(1, 64) readonly bootId!: string;
  @IsStringMap(MAP_MAX) readonly labels!: Readonly<Record<string, string>>;
  @NestedList(() => TaintMessage, TAINTS_MAX) readonly taints!: readonly Taint[];
  @IsString() @Length(1, NAME_MAX) readonly address!: string;
  @IsString() @Length(1, 64) readonly version!: string;
  @IsStringMap(MAP_MAX) readonly capacity!: Readonly<Record<string, string>>;
  @IsString() @MaxLength(NAME_MAX) readonly osImage!: string;
  @IsString() @MaxLength(NAME_MAX) readonly kernelVersion!: string;
  @IsString() @MaxLength(64) readonly architecture!: string;
  @IsString() @MaxLength(NAME_MAX) readonly runtime!: string;
  @Absentable() @IsBoolean() readonly shuttingDown?: boolean;
}

type Wire<T extends ControllerInput['type']> = Omit<Extract<ControllerInput, { type: T }>, 'type'>;

/** Request on `everynode.v1.reg.<agent>`, answered with `Registered`. */
export class RegisterNodesMessage implements Wire<'RegisterNodes'> {
  @IsString() @Length(1, NAME_MAX) readonly agent!: string;
  @IsString() @Length(1, 64) readonly instance!: string;
  /** Agents of older versions do not tell it. */
  @Absentable() @IsNumber() @Min(1) @Max(HEARTBEAT_INTERVAL_MS_MAX) readonly heartbeatIntervalMs?: number;
  @NestedList(() => NodeRegistrationMessage, LIMITS.nodesPerAgentMax) readonly nodes!: readonly NodeRegistration[];
}

class NodeHeartbeatMessage implements NodeHeartbeat {
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsInt() @Min(0) readonly session!: number;
  @IsBoolean() readonly ready!: boolean;
  @Absentable() @IsBoolean() readonly shuttingDown?: boolean;
  @IsInt() @Min(0) readonly observedEpoch!: number;
  @IsInt() @Min(0) readonly observedSequence!: number;
}

/** Request on `everynode.v1.hb.<agent>`, answered with `Reported`: an agent without news learns from the answer that a session is over. */
export class HeartbeatsMessage implements Wire<'Heartbeats'> {
  @IsString() @Length(1, NAME_MAX) readonly agent!: string;
  @NestedList(() => NodeHeartbeatMessage, LIMITS.nodesPerAgentMax) readonly nodes!: readonly NodeHeartbeat[];
}

export class TaintChangeMessage implements TaintChange {
  @IsString() @Length(1, 316) readonly key!: string;
  @IsIn(EFFECTS) readonly effect!: TaintEffect;
  @Absentable() @IsString() @MaxLength(63) readonly value?: string;
  @IsBoolean() readonly present!: boolean;
}

class ContainerEndMessage implements ContainerEnd {
  @IsInt() readonly exitCode!: number;
  @Absentable() @IsString() @MaxLength(TEXT_MAX) readonly reason?: string;
  @Absentable() @IsNumber() @Min(0) readonly startedAt?: number;
  @Absentable() @IsNumber() @Min(0) readonly finishedAt?: number;
  @Absentable() @IsString() @MaxLength(CONTAINER_ID_MAX) readonly containerID?: string;
}

class ContainerReportMessage implements ContainerReport {
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @Absentable() @IsString() @MaxLength(CONTAINER_ID_MAX) readonly containerID?: string;
  @IsIn(['waiting', 'running', 'terminated']) readonly state!: ContainerReport['state'];
  @IsBoolean() readonly ready!: boolean;
  @IsInt() @Min(0) readonly restartCount!: number;
  @Absentable() @IsString() @MaxLength(TEXT_MAX) readonly reason?: string;
  @Absentable() @IsString() @MaxLength(TEXT_MAX) readonly message?: string;
  @Absentable() @IsInt() readonly exitCode?: number;
  @Absentable() @IsNumber() @Min(0) readonly startedAt?: number;
  @Absentable() @IsNumber() @Min(0) readonly finishedAt?: number;
  @Absentable() @Nested(() => ContainerEndMessage) readonly last?: ContainerEnd;
}

class PodReportMessage implements PodReport {
  @IsIn(PHASES) readonly phase!: PodPhase;
  @IsBoolean() readonly ready!: boolean;
  @Absentable() @IsString() @MaxLength(TEXT_MAX) readonly reason?: string;
  @Absentable() @IsString() @MaxLength(TEXT_MAX) readonly message?: string;
  @Absentable() @IsString() @MaxLength(64) readonly podIP?: string;
  @Absentable() @IsNumber() @Min(0) readonly startedAt?: number;
  @NestedList(() => ContainerReportMessage, CONTAINERS_MAX) readonly containers!: readonly ContainerReport[];
  @Absentable() @NestedList(() => ContainerReportMessage, CONTAINERS_MAX) readonly initContainers?: readonly ContainerReport[];
  @Absentable() @NestedList(() => ContainerReportMessage, CONTAINERS_MAX) readonly ephemeralContainers?: readonly ContainerReport[];
}

class PodStatusReportMessage implements PodStatusReport {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsInt() @Min(0) readonly revision!: number;
  @IsBoolean() readonly gone!: boolean;
  @Nested(() => PodReportMessage) readonly report!: PodReport;
}

class NodeReportMessage implements NodeReport {
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsInt() @Min(0) readonly session!: number;
  @Absentable() @IsBoolean() readonly shuttingDown?: boolean;
  @IsInt() @Min(0) readonly observedEpoch!: number;
  @IsInt() @Min(0) readonly observedSequence!: number;
  @NestedList(() => PodStatusReportMessage, 4 * LIMITS.podsPerNodeMax) readonly pods!: readonly PodStatusReport[];
  @NestedList(() => TaintChangeMessage, TAINTS_MAX) readonly taints!: readonly TaintChange[];
}

/** Request on `everynode.v1.rpt.<agent>`, answered with `Reported`. */
export class ReportNodesMessage implements Wire<'ReportNodes'> {
  @IsString() @Length(1, NAME_MAX) readonly agent!: string;
  @NestedList(() => NodeReportMessage, LIMITS.nodesPerAgentMax) readonly nodes!: readonly NodeReport[];
}

export type AgentMessageKind = 'registration' | 'heartbeat' | 'report';

export type ParsedAgentMessage =
  | {
      readonly ok: true;
      readonly input: Extract<ControllerInput, { type: 'RegisterNodes' | 'Heartbeats' | 'ReportNodes' }>;
    }
  | { readonly ok: false; readonly reason: string };

const STRICT: CheckOptions = { unknownFields: 'refuse' };

/** Reads and validates one message of an agent; unknown fields and bad values are refused with the path of the field. */
export const parseAgentMessage = (kind: AgentMessageKind, text: string): ParsedAgentMessage => {
  switch (kind) {
    case 'registration': {
      const parsed = readMessage<Wire<'RegisterNodes'>>(RegisterNodesMessage, text, STRICT);
      return parsed.ok ? { ok: true, input: { type: 'RegisterNodes', ...parsed.value } } : parsed;
    }
    case 'heartbeat': {
      const parsed = readMessage<Wire<'Heartbeats'>>(HeartbeatsMessage, text, STRICT);
      return parsed.ok ? { ok: true, input: { type: 'Heartbeats', ...parsed.value } } : parsed;
    }
    case 'report': {
      const parsed = readMessage<Wire<'ReportNodes'>>(ReportNodesMessage, text, STRICT);
      return parsed.ok ? { ok: true, input: { type: 'ReportNodes', ...parsed.value } } : parsed;
    }
  }
};

/** The JSON text that `parseAgentMessage` reads. */
export const writeAgentMessage = (message: Extract<ParsedAgentMessage, { ok: true }>['input']): string => {
  const { type: _type, ...wire } = message;
  return JSON.stringify(wire);
};
