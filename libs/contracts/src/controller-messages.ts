import { IsBoolean, IsInt, IsNumber, IsString, Length, Min, ValidateBy, type ValidationArguments } from 'class-validator';
import type { ControllerAnswer, Labels, NodeCommands, PodSpec, RunPod, TerminatePod } from '@everynode/core';
import type { Parsed } from './api-messages.ts';
import { IsStringMap, NestedList, readMessage, type CheckOptions } from './message-checks.ts';

const NAME_MAX = 253;
const PODS_MAX = 10_000;
const MAP_MAX = 4_096;
const SHARED_TEMPLATES_MAX = 2_000;
/** A controller that is newer than the agent may say more than the agent understands. */
const OPEN: CheckOptions = { unknownFields: 'ignore' };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isPodSpec = (value: unknown): boolean => {
  if (!isRecord(value)) return false;
  const { containers, terminationGracePeriodSeconds: grace } = value;
  if (grace !== undefined && (typeof grace !== 'number' || grace < 0)) return false;
  return Array.isArray(containers) && containers.every((container) => isRecord(container) && typeof container['name'] === 'string' && ['string', 'undefined'].includes(typeof container['image']));
};

const IsPodSpec = (): PropertyDecorator =>
  ValidateBy({
    name: 'isPodSpec',
    validator: {
      validate: isPodSpec,
      defaultMessage: (args?: ValidationArguments): string => `${args?.property ?? 'spec'} must be a Pod spec whose containers have names`,
    },
  });

class RunPodMessage implements RunPod {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsString() readonly owner!: string;
  @IsBoolean() readonly surge!: boolean;
  @IsStringMap(MAP_MAX) readonly labels!: Labels;
  @IsStringMap(MAP_MAX) readonly annotations!: Labels;
  @IsPodSpec() readonly spec!: PodSpec;
}

class TerminatePodMessage implements TerminatePod {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsNumber() @Min(0) readonly graceSeconds!: number;
}

/** The set on `everynode.v1.cmd.<node>`. */
export class NodeCommandsMessage implements NodeCommands {
  @IsString() @Length(1, NAME_MAX) readonly node!: string;
  @IsString() @Length(1, 64) readonly nodeUid!: string;
  @IsInt() @Min(0) readonly epoch!: number;
  @IsInt() @Min(0) readonly sequence!: number;
  @NestedList(() => RunPodMessage, PODS_MAX) readonly run!: readonly RunPod[];
  @NestedList(() => TerminatePodMessage, PODS_MAX) readonly terminate!: readonly TerminatePod[];
}

type Template = Pick<RunPod, 'labels' | 'annotations' | 'spec'>;

/** Reads sets of commands. What the Pods of one revision have in common is kept once for all nodes of the process. */
export class NodeCommandsReader {
  private readonly templates = new Map<string, Template>();

  read(text: string): Parsed<NodeCommands> {
    const parsed = readMessage<NodeCommands>(NodeCommandsMessage, text, OPEN);
    return parsed.ok ? { ok: true, value: { ...parsed.value, run: parsed.value.run.map((pod) => this.share(pod)) } } : parsed;
  }

  private share(pod: RunPod): RunPod {
    const { labels, annotations, spec } = pod;
    const key = JSON.stringify([labels, annotations, spec]);
    let template = this.templates.get(key);
    if (template === undefined) {
      if (this.templates.size >= SHARED_TEMPLATES_MAX) this.templates.clear();
      template = { labels, annotations, spec };
      this.templates.set(key, template);
    }
    const { namespace, name, uid, owner, surge } = pod;
    return { namespace, name, uid, owner, surge, ...template };
  }
}

const readReported = (refusedNodes: unknown): Parsed<ControllerAnswer> =>
  Array.isArray(refusedNodes) && refusedNodes.every((name) => typeof name === 'string')
    ? { ok: true, value: { type: 'Reported', refusedNodes } }
    : { ok: false, reason: 'refusedNodes: must be an array of strings' };

const readRegistered = (nodes: unknown): Parsed<ControllerAnswer> => {
  if (!Array.isArray(nodes)) return { ok: false, reason: 'nodes: must be an array' };
  const isAnswer = (node: unknown): boolean =>
    isRecord(node) && typeof node['name'] === 'string' && (typeof node['refused'] === 'string' || (typeof node['uid'] === 'string' && typeof node['session'] === 'number'));
  const bad = nodes.findIndex((node) => !isAnswer(node));
  if (bad >= 0) return { ok: false, reason: `nodes.${bad}: must have a name and either uid and session or refused` };
  return { ok: true, value: { type: 'Registered', nodes: nodes as Extract<ControllerAnswer, { type: 'Registered' }>['nodes'] } };
};

/** What a controller answers to a message of an agent: its decision, or why it could not read the message. */
export type AgentAnswer = { readonly type: 'answer'; readonly answer: ControllerAnswer } | { readonly type: 'rejected'; readonly reason: string };

/** Reads the answer to a registration, a heartbeat or a report. */
export const parseAgentAnswer = (text: string): Parsed<AgentAnswer> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isRecord(value)) return { ok: false, reason: 'not a JSON object' };
  if (typeof value['refused'] === 'string') return { ok: true, value: { type: 'rejected', reason: value['refused'] } };
  const { type } = value;
  if (type !== 'Registered' && type !== 'Reported') return { ok: false, reason: `type: ${JSON.stringify(type)} is not an answer to an agent` };
  const parsed = type === 'Registered' ? readRegistered(value['nodes']) : readReported(value['refusedNodes']);
  return parsed.ok ? { ok: true, value: { type: 'answer', answer: parsed.value } } : parsed;
};
