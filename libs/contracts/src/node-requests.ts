import { IsIn, IsInt, IsString, Length, Max, Min } from 'class-validator';
import type { TaintChange } from '@everynode/core';
import { TaintChangeMessage } from './agent-messages.ts';
import type { Parsed } from './api-messages.ts';
import { Absentable, NestedList, readMessage } from './message-checks.ts';

const TAINTS_MAX = 128;

/** What an agent answers to a request about one of its nodes. */
export type NodeRequestAnswer = { readonly ok: true } | { readonly refused: string };

class NodeTaintsMessage {
  @NestedList(() => TaintChangeMessage, TAINTS_MAX) readonly taints!: readonly TaintChange[];
}

/** Reads a request on `everynode.v1.node.<node>`: `{"taints": [{"key", "effect", "value"?, "present"}]}`. */
export const parseNodeTaints = (text: string): Parsed<{ readonly taints: readonly TaintChange[] }> =>
  readMessage(NodeTaintsMessage, text, { unknownFields: 'refuse' });

/**
 * A fault of one node, on `everynode.v1.lab.<node>`, taken with the lab on only. `reboot`: containers are lost and the node boots anew. `crash-pod`: the containers of
 * the Pod `uid` end with `exitCode` (default 1). `not-ready` and `ready`: the node can (not) run Pods. `shutdown`: the node shuts down gracefully within `graceSeconds` (default 60,
 * a third of it for critical Pods) and takes no Pods until it boots or is `ready`.
 */
export interface LabFault {
  readonly fault: 'reboot' | 'crash-pod' | 'not-ready' | 'ready' | 'shutdown';
  readonly uid?: string;
  readonly exitCode?: number;
  readonly graceSeconds?: number;
}

class LabFaultMessage implements LabFault {
  @IsIn(['reboot', 'crash-pod', 'not-ready', 'ready', 'shutdown']) readonly fault!: LabFault['fault'];
  @Absentable() @IsString() @Length(1, 64) readonly uid?: string;
  @Absentable() @IsInt() @Min(0) @Max(255) readonly exitCode?: number;
  @Absentable() @IsInt() @Min(0) @Max(3_600) readonly graceSeconds?: number;
}

/** Reads a fault; unknown fields and bad values are refused with the field's name. */
export const parseLabFault = (text: string): Parsed<LabFault> =>
  readMessage<LabFault>(LabFaultMessage, text, { unknownFields: 'refuse' });
