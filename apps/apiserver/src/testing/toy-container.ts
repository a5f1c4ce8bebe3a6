import { SESSION_CHANNELS, type ExecRequest, type SessionChannel } from '@everynode/node-streams';
import { plays, type Opened, type Script, type ScriptedSession } from './scripted-sessions.ts';

const { stdin, stdout, stderr, resize } = SESSION_CHANNELS;
const LINES = ['one', 'two', 'three'];

/** Calls `take` for what comes on a channel, and ends with the channel. */
const reads = async (session: ScriptedSession, from: SessionChannel, take: (bytes: Uint8Array) => void, onResize: (text: string) => void = () => undefined): Promise<void> => {
  for (;;) {
    const next = await session.receive();
    if (next === undefined) return;
    if (next.channel === resize) onResize(new TextDecoder().decode(next.bytes));
    else if (next.channel === from && next.bytes === undefined) return;
    else if (next.channel === from && next.bytes !== undefined) take(next.bytes);
  }
};

const exits = (session: ScriptedSession, exitCode: number): void => session.finish({ type: 'exited', exitCode });

/** A shell that knows `exit` and `size`, and says everything else back. */
const shell = async (session: ScriptedSession): Promise<void> => {
  let line = '';
  let size = 'unknown';
  session.send(stdout, '$ ');
  const say = (text: string): void => session.send(stdout, `${text}\r\n$ `);
  const run = (command: string): void => {
    const [word, argument = '0'] = command.trim().split(' ');
    if (word === 'exit') exits(session, Number(argument));
    else if (word === 'size') say(size);
    else say(`you said ${command.trim()}`);
  };
  await reads(
    session,
    stdin,
    (bytes) => {
      for (const character of new TextDecoder().decode(bytes)) {
        if (character === '\n' || character === '\r') {
          run(line);
          line = '';
        } else {
          line += character;
        }
      }
    },
    (text) => (size = text),
  );
  exits(session, 0);
};

const COMMANDS: Readonly<Record<string, (session: ScriptedSession, request: ExecRequest) => void | Promise<void>>> = {
  ls: (session) => {
    session.send(stdout, 'bin\netc\n');
    exits(session, 0);
  },
  cat: async (session) => {
    await reads(session, stdin, (bytes) => session.send(stdout, bytes));
    exits(session, 0);
  },
  false: (session) => exits(session, 1),
  complain: (session) => {
    session.send(stderr, 'it hurts\n');
    exits(session, 42);
  },
  sh: shell,
};

const exec = (session: ScriptedSession, request: ExecRequest): void | Promise<void> => {
  const command = COMMANDS[request.command[0] ?? ''];
  if (command !== undefined) return command(session, request);
  session.finish({ type: 'failed', reason: 'InternalError', message: `exec: "${request.command[0] ?? ''}": executable file not found in $PATH` });
};

const attach = (session: ScriptedSession): Promise<void> => {
  session.send(stdout, 'attached\n');
  return reads(session, stdin, (bytes) => {
    session.send(stdout, bytes);
    if (new TextDecoder().decode(bytes).includes('bye')) exits(session, 0);
  });
};

/** Answers every request of HTTP/1.1 with the port that it came to; other ports refuse. */
const serve = async (session: ScriptedSession, port: number): Promise<void> => {
  if (port !== 80) {
    session.finish({ type: 'failed', reason: 'InternalError', message: `failed to connect to localhost:${port} inside the Pod: connection refused` });
    return;
  }
  let text = '';
  await reads(session, stdin, (bytes) => {
    text += new TextDecoder().decode(bytes);
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const body = `hello from ${port}: ${text.slice(0, text.indexOf('\r\n'))}`;
      text = text.slice(end + 4);
      session.send(stdout, `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    }
  });
  exits(session, 0);
};

const log = (session: ScriptedSession, follow: boolean, tailLines = LINES.length): void => {
  for (const line of LINES.slice(LINES.length - Math.min(tailLines, LINES.length))) session.send(stdout, `${line}\n`);
  if (!follow) exits(session, 0);
};

const play = ({ session, request }: Opened): void | Promise<void> => {
  if (request.type === 'log') return log(session, request.follow, request.tailLines);
  if (request.type === 'exec') return exec(session, request);
  return request.type === 'attach' ? attach(session) : serve(session, request.port);
};

/** A container that knows a few commands, and answers on port 80. */
export const toyContainer: Script = plays((opened) => void play(opened));
