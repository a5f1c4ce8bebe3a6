import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  HeartbeatsMessage,
  parseAgentMessage,
  RegisterNodesMessage,
  ReportNodesMessage,
  writeAgentMessage,
  type AgentMessageKind,
} from './agent-messages.ts';
import { parseAgentAnswer } from './agent-answers.ts';
import { describeFaults, isValidMessage } from './message-checks.ts';
import { KnownCommandsMessage, NodeCommandsMessage } from './node-commands-message.ts';

const registration = {
  agent: 'agent-1',
  instance: 'i-1',
  nodes: [
    {
      name: 'n1',
      bootId: 'b',
      labels: { zone: 'a' },
      taints: [{ key: 'k', effect: 'NoSchedule' }],
      address: '10.0.0.1',
      version: 'v0',
      capacity: { cpu: '4' },
      osImage: 'sim',
      kernelVersion: '0',
      architecture: 'amd64',
      runtime: 'simulated://1.0',
    },
  ],
};
const heartbeats = {
  agent: 'agent-1',
  nodes: [{ name: 'n1', session: 1, ready: true, observedEpoch: 1, observedSequence: 5 }],
};
const report = {
  agent: 'agent-1',
  nodes: [
    {
      name: 'n1',
      session: 1,
      observedEpoch: 1,
      observedSequence: 5,
      pods: [
        {
          namespace: 'default',
          name: 'p',
          uid: 'u',
          revision: 1,
          gone: false,
          report: {
            phase: 'Running',
            ready: true,
            podIP: '10.64.0.1',
            startedAt: 1,
            containers: [{ name: 'c', state: 'running', ready: true, restartCount: 0, startedAt: 1 }],
            ephemeralContainers: [{ name: 'd', state: 'running', ready: false, restartCount: 0, startedAt: 1 }],
          },
        },
      ],
      taints: [{ key: 'k', effect: 'NoExecute', present: false }],
    },
  ],
};
const commands = {
  node: 'n1',
  nodeUid: 'u',
  epoch: 1,
  sequence: 5,
  run: [
    {
      namespace: 'default',
      name: 'p',
      uid: 'p',
      owner: 'o',
      surge: false,
      labels: { app: 'x' },
      annotations: {},
      spec: { containers: [{ name: 'c', image: 'i' }] },
    },
  ],
  terminate: [{ namespace: 'default', name: 'q', uid: 'q', graceSeconds: 30 }],
};

const valid: Readonly<Record<AgentMessageKind, object>> = { registration, heartbeat: heartbeats, report };

/** The value with one field replaced; the path names it, `undefined` removes it. */
const withField = (value: unknown, path: readonly string[], field: unknown): unknown => {
  const [head, ...rest] = path;
  if (head === undefined) return field;
  if (Array.isArray(value))
    return value.map((entry, index) => (String(index) === head ? withField(entry, rest, field) : (entry as unknown)));
  const fields = Object.fromEntries(Object.entries(value ?? {})) as Record<string, unknown>;
  return { ...fields, [head]: withField(fields[head], rest, field) };
};

/** All paths to fields and list entries of a value. */
const pathsOf = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, field]) => [[key], ...pathsOf(field).map((path) => [key, ...path])])
    : [];

describe('the heartbeat interval of an agent', () => {
  const told = (heartbeatIntervalMs: unknown): ReturnType<typeof parseAgentMessage> =>
    parseAgentMessage('registration', JSON.stringify({ ...registration, heartbeatIntervalMs }));

  it('R95 comes with its registration, unless the agent is of an older version', () => {
    expect(told(10_000)).toMatchObject({ ok: true, input: { heartbeatIntervalMs: 10_000 } });
    expect(told(undefined)).toMatchObject({ ok: true });
  });

  it.each([0, -1, '10s', null, 1e9])('R95 is refused as %j, by its name', (value) => {
    expect(told(value)).toMatchObject({ ok: false, reason: expect.stringContaining('heartbeatIntervalMs') as string });
  });
});

describe('parseAgentMessage', () => {
  it.each(Object.entries(valid) as [AgentMessageKind, object][])('reads a %s', (kind, message) => {
    const parsed = parseAgentMessage(kind, JSON.stringify(message));
    expect(parsed).toMatchObject({ ok: true, input: message });
    if (parsed.ok) expect(JSON.parse(writeAgentMessage(parsed.input))).toEqual(message);
  });

  it.each([
    ['registration', 'nodes.0.name', 7, 'nodes.0.name: name must be a string'],
    ['registration', 'nodes.0.labels', { a: 1 }, 'nodes.0.labels: labels must be an object of at most 256 strings'],
    [
      'registration',
      'nodes.0.taints.0.effect',
      'Never',
      'nodes.0.taints.0.effect: effect must be one of the following values',
    ],
    ['registration', 'nodes.0.uid', null, 'nodes.0.uid: uid must be a string'],
    ['registration', 'nodes.0.extra', 1, 'nodes.0.extra: property extra should not exist'],
    ['registration', 'instance', undefined, 'instance: instance must be a string'],
    ['heartbeat', 'nodes', 'x', 'nodes: nodes must be an array'],
    ['heartbeat', 'nodes.0.session', -1, 'nodes.0.session: session must not be less than 0'],
    ['heartbeat', 'nodes.0', null, 'nodes: each value in nodes must be an object'],
    ['report', 'nodes.0.pods.0.report', undefined, 'nodes.0.pods.0.report: report must be an object'],
    [
      'report',
      'nodes.0.pods.0.report.phase',
      'Sleeping',
      'nodes.0.pods.0.report.phase: phase must be one of the following values',
    ],
    [
      'report',
      'nodes.0.pods.0.report.containers.0.state',
      'x',
      'nodes.0.pods.0.report.containers.0.state: state must be one of',
    ],
    [
      'report',
      'nodes.0.pods.0.report.containers.0.message',
      'x'.repeat(2_000),
      'message must be shorter than or equal to 1024 characters',
    ],
    ['report', 'nodes.0.pods.0.revision', 1.5, 'revision must be an integer number'],
  ] as const)('refuses a %s with a bad %s and names it', (kind, path, field, reason) => {
    const parsed = parseAgentMessage(kind, JSON.stringify(withField(valid[kind], path.split('.'), field)));
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.reason).toContain(reason);
  });

  it.each(['', '{', 'null', '[]', '"x"', '{"agent":"a","nodes":[],"__proto__":{"x":1}}'])('refuses %j', (text) => {
    expect(parseAgentMessage('heartbeat', text).ok).toBe(false);
  });

  it('says at most ten faults of a message with very many', () => {
    const nodes = Array.from({ length: 20_000 }, () => ({}));
    const parsed = parseAgentMessage('heartbeat', JSON.stringify({ agent: 'a', nodes }));
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringContaining('(and 80 more)') as string });
  });
});

describe('isValidMessage', () => {
  const classes = [
    [RegisterNodesMessage, registration],
    [HeartbeatsMessage, heartbeats],
    [ReportNodesMessage, report],
    [NodeCommandsMessage, commands],
    [
      KnownCommandsMessage,
      { ...commands, run: [{ namespace: 'default', name: 'p', uid: 'p', owner: 'o', surge: false, '#template': 1 }] },
    ],
  ] as const;
  const reached = { valid: 0, invalid: 0 };
  afterAll(() => expect(Math.min(reached.valid, reached.invalid)).toBeGreaterThan(20));

  it('agrees with class-validator on every message', () => {
    const anyField = fc.oneof(
      fc.constantFrom(
        undefined,
        null,
        '',
        'x',
        0,
        1,
        -1,
        1.5,
        true,
        false,
        [],
        {},
        [null],
        [{}],
        'NoSchedule',
        'Running',
        'x'.repeat(300),
        { a: 'b' },
        { a: 1 },
      ),
      fc.jsonValue(),
    );
    const change = fc
      .constantFrom(...classes)
      .chain(([messageClass, message]) =>
        fc.tuple(
          fc.constant(messageClass),
          fc.constant(message),
          fc.constantFrom(...pathsOf(message), ['unknown'], ['nodes', '0', 'unknown']),
          anyField,
          fc.constantFrom('refuse' as const, 'ignore' as const),
        ),
      );
    fc.assert(
      fc.property(change, ([messageClass, message, path, field, unknownFields]) => {
        const changed = JSON.parse(JSON.stringify(withField(message, path, field))) as unknown;
        const isValid = isValidMessage(messageClass, changed, { unknownFields });
        if (isValid) reached.valid += 1;
        else reached.invalid += 1;
        expect({ path, field, isValid }).toEqual({
          path,
          field,
          isValid: describeFaults(messageClass, changed, { unknownFields }) === '',
        });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseAgentAnswer', () => {
  it.each([
    [
      { epoch: 1, type: 'Reported', refusedNodes: ['n1'] },
      { type: 'answer', epoch: 1, answer: { type: 'Reported', refusedNodes: ['n1'] } },
    ],
    [
      {
        epoch: 1,
        type: 'Registered',
        nodes: [
          { name: 'n1', uid: 'u', session: 1 },
          { name: 'n2', refused: 'no' },
        ],
      },
      {
        type: 'answer',
        epoch: 1,
        answer: {
          type: 'Registered',
          nodes: [
            { name: 'n1', uid: 'u', session: 1 },
            { name: 'n2', refused: 'no' },
          ],
        },
      },
    ],
    [{ refused: 'why' }, { type: 'rejected', reason: 'why' }],
  ])('reads %j', (answer, value) => {
    expect(parseAgentAnswer(JSON.stringify(answer))).toEqual({ ok: true, value });
  });

  it.each([
    ['{', 'not JSON'],
    ['7', 'not a JSON object'],
    ['{"type":"Reported","refusedNodes":[]}', 'epoch: must be a number'],
    ['{"epoch":1,"type":"Written"}', 'type: "Written" is not an answer to an agent'],
    ['{"epoch":1,"type":"Reported","refusedNodes":[1]}', 'refusedNodes: must be an array of strings'],
    [
      '{"epoch":1,"type":"Registered","nodes":[{"name":"n","uid":"u"}]}',
      'nodes.0: must have a name and either uid and session or refused',
    ],
  ])('refuses %s', (text, reason) => {
    expect(parseAgentAnswer(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
