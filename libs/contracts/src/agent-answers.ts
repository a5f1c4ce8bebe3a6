import type { ControllerAnswer } from '@everynode/core';
import type { Parsed } from './api-messages.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readReported = (refusedNodes: unknown): Parsed<ControllerAnswer> =>
  Array.isArray(refusedNodes) && refusedNodes.every((name) => typeof name === 'string')
    ? { ok: true, value: { type: 'Reported', refusedNodes } }
    : { ok: false, reason: 'refusedNodes: must be an array of strings' };

const readRegistered = (nodes: unknown): Parsed<ControllerAnswer> => {
  if (!Array.isArray(nodes)) return { ok: false, reason: 'nodes: must be an array' };
  const isAnswer = (node: unknown): boolean =>
    isRecord(node) &&
    typeof node['name'] === 'string' &&
    (typeof node['refused'] === 'string' || (typeof node['uid'] === 'string' && typeof node['session'] === 'number'));
  const bad = nodes.findIndex((node) => !isAnswer(node));
  if (bad >= 0) return { ok: false, reason: `nodes.${bad}: must have a name and either uid and session or refused` };
  return {
    ok: true,
    value: { type: 'Registered', nodes: nodes as Extract<ControllerAnswer, { type: 'Registered' }>['nodes'] },
  };
};

/** What a controller answers to a message of an agent: its decision, or why it could not read the message. */
export type AgentAnswer =
  | { readonly type: 'answer'; readonly epoch: number; readonly answer: ControllerAnswer }
  | { readonly type: 'rejected'; readonly reason: string };

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
  const { type, epoch } = value;
  if (typeof epoch !== 'number') return { ok: false, reason: 'epoch: must be a number' };
  if (type !== 'Registered' && type !== 'Reported')
    return { ok: false, reason: `type: ${JSON.stringify(type)} is not an answer to an agent` };
  const parsed = type === 'Registered' ? readRegistered(value['nodes']) : readReported(value['refusedNodes']);
  return parsed.ok ? { ok: true, value: { type: 'answer', epoch, answer: parsed.value } } : parsed;
};
