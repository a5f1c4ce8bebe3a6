import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';
import type { RuntimeSessionEnd, SessionRefusal, SessionRequest, SessionTarget } from '@everynode/node-runtime';
import type { Parsed } from './api-messages.ts';
import { Absentable, Nested, readMessage, type CheckOptions } from './message-checks.ts';

const NAME_MAX = 253;
const ARGUMENTS_MAX = 4_096;
const ARGUMENT_MAX = 131_072;
const MESSAGE_MAX = 16_384;
const COUNT_MAX = Number.MAX_SAFE_INTEGER;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
/** Letters, digits, `-` and `_`; at least 128 bits when each stands for six. */
const SESSION_ID = /^[A-Za-z0-9_-]{22,64}$/;

/** Bytes that one side of a session may have on their way before the other has taken them. */
export const SESSION_WINDOW = { min: 65_536, max: 16_777_216 } as const;

class SessionTargetMessage implements SessionTarget {
  @IsString() @Length(1, NAME_MAX) readonly namespace!: string;
  @IsString() @Length(1, NAME_MAX) readonly name!: string;
  @IsString() @Length(1, 64) readonly uid!: string;
  @IsString() @MaxLength(NAME_MAX) readonly container!: string;
}

type Fields<T extends SessionRequest['type']> = Omit<Extract<SessionRequest, { type: T }>, 'type'>;

class LogFields implements Fields<'log'> {
  @IsBoolean() readonly follow!: boolean;
  @IsBoolean() readonly previous!: boolean;
  @IsBoolean() readonly timestamps!: boolean;
  @Absentable() @IsInt() @Min(0) @Max(COUNT_MAX) readonly tailLines?: number;
  @Absentable() @IsString() @Matches(RFC_3339) readonly sinceTime?: string;
  @Absentable() @IsInt() @Min(1) @Max(COUNT_MAX) readonly limitBytes?: number;
}

class AttachFields implements Fields<'attach'> {
  @IsBoolean() readonly stdin!: boolean;
  @IsBoolean() readonly stdout!: boolean;
  @IsBoolean() readonly stderr!: boolean;
  @IsBoolean() readonly tty!: boolean;
}

class ExecFields extends AttachFields implements Fields<'exec'> {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(ARGUMENTS_MAX)
  @IsString({ each: true })
  @MaxLength(ARGUMENT_MAX, { each: true })
  readonly command!: readonly string[];
}

class PortForwardFields implements Fields<'port-forward'> {
  @IsInt() @Min(1) @Max(65_535) readonly port!: number;
}

/** Request on `everynode.v1.open.<node>`. */
class OpenSessionMessage {
  @IsString() @Matches(SESSION_ID) readonly id!: string;
  /** How much the client takes before it grants more. */
  @IsInt() @Min(SESSION_WINDOW.min) @Max(SESSION_WINDOW.max) readonly window!: number;
  @Nested(() => SessionTargetMessage) readonly target!: SessionTarget;
  @Absentable() @Nested(() => LogFields) readonly log?: Fields<'log'>;
  @Absentable() @Nested(() => ExecFields) readonly exec?: Fields<'exec'>;
  @Absentable() @Nested(() => AttachFields) readonly attach?: Fields<'attach'>;
  @Absentable() @Nested(() => PortForwardFields) readonly portForward?: Fields<'port-forward'>;
}

/** What a client asks of the agent of a node. */
export interface OpenSession {
  /** Names the subjects of the session; not to be guessed. */
  readonly id: string;
  readonly window: number;
  readonly target: SessionTarget;
  readonly request: SessionRequest;
}

const STRICT: CheckOptions = { unknownFields: 'refuse' };

const requestsIn = (message: OpenSessionMessage): readonly SessionRequest[] => [
  ...(message.log === undefined ? [] : [{ ...message.log, type: 'log' } as const]),
  ...(message.exec === undefined ? [] : [{ ...message.exec, type: 'exec' } as const]),
  ...(message.attach === undefined ? [] : [{ ...message.attach, type: 'attach' } as const]),
  ...(message.portForward === undefined ? [] : [{ ...message.portForward, type: 'port-forward' } as const]),
];

/** Reads a request for a session: `{id, window, target}` and one of `log`, `exec`, `attach` and `portForward`. */
export const parseOpenSession = (text: string): Parsed<OpenSession> => {
  const parsed = readMessage(OpenSessionMessage, text, STRICT);
  if (!parsed.ok) return parsed;
  const { id, window, target } = parsed.value;
  const [request, ...others] = requestsIn(parsed.value);
  if (request === undefined || others.length > 0)
    return { ok: false, reason: 'must have exactly one of log, exec, attach and portForward' };
  if (request.type === 'log' && request.sinceTime !== undefined && Number.isNaN(Date.parse(request.sinceTime)))
    return { ok: false, reason: 'log.sinceTime: is not a date' };
  return { ok: true, value: { id, window, target, request } };
};

/** The JSON text that `parseOpenSession` reads. */
export const writeOpenSession = ({ id, window, target, request }: OpenSession): string => {
  const { type, ...fields } = request;
  return JSON.stringify({ id, window, target, [type === 'port-forward' ? 'portForward' : type]: fields });
};

class RefusalMessage implements SessionRefusal {
  @IsInt() @Min(400) @Max(599) readonly code!: number;
  @IsString() @Length(1, 128) readonly reason!: string;
  @IsString() @MaxLength(MESSAGE_MAX) readonly message!: string;
}

/** What the agent answers: how much it takes before it grants more, or why there is no session. */
export interface OpenSessionAnswer {
  readonly window?: number;
  readonly refused?: SessionRefusal;
}

class OpenSessionAnswerMessage implements OpenSessionAnswer {
  @Absentable() @IsInt() @Min(SESSION_WINDOW.min) @Max(SESSION_WINDOW.max) readonly window?: number;
  @Absentable() @Nested(() => RefusalMessage) readonly refused?: SessionRefusal;
}

/** Reads an answer; exactly one of its fields is there. */
export const parseOpenSessionAnswer = (text: string): Parsed<OpenSessionAnswer> => {
  const parsed = readMessage<OpenSessionAnswer>(OpenSessionAnswerMessage, text, { unknownFields: 'ignore' });
  if (!parsed.ok) return parsed;
  const { window, refused } = parsed.value;
  return (window === undefined) === (refused === undefined)
    ? { ok: false, reason: 'must have exactly one of window and refused' }
    : parsed;
};

class SessionEndMessage {
  @IsIn(['exited', 'failed']) readonly type!: 'exited' | 'failed';
  @Absentable() @IsInt() @Min(0) @Max(255) readonly exitCode?: number;
  @Absentable() @IsString() @Length(1, 128) readonly reason?: string;
  @Absentable() @IsString() @MaxLength(MESSAGE_MAX) readonly message?: string;
}

/** Reads how a session has ended. */
export const parseSessionEnd = (text: string): Parsed<RuntimeSessionEnd> => {
  const parsed = readMessage(SessionEndMessage, text, STRICT);
  if (!parsed.ok) return parsed;
  const { type, exitCode, reason, message } = parsed.value;
  if (type === 'exited')
    return exitCode === undefined ? { ok: false, reason: 'exitCode: must be there' } : { ok: true, value: { type, exitCode } };
  return reason === undefined || message === undefined
    ? { ok: false, reason: 'reason and message: must be there' }
    : { ok: true, value: { type, reason, message } };
};
