import { describe, expect, it } from 'vitest';
import type { ExecRequest } from '../../session.port.ts';
import { SessionBench } from './testing/session-bench.ts';

const exec = (command: readonly string[], more: Partial<ExecRequest> = {}): ExecRequest => ({
  type: 'exec',
  command,
  stdin: true,
  stdout: true,
  stderr: true,
  tty: false,
  ...more,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const exited = (exitCode: number): object => ({ type: 'exited', exitCode });

/** Runs a command to its end; `stdin` is all of its input. */
const run = async (command: readonly string[], stdin = '', more: Partial<ExecRequest> = {}): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | undefined }> => {
  const bench = await new SessionBench().start({
    containers: [
      {
        name: 'main',
        image: 'registry/agent:1',
        env: [
          { name: 'COLOUR', value: 'deep blue' },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
      },
    ],
  });
  const listener = await bench.listen(exec(command, more));
  if (stdin !== '') void listener.session.write(bytes(stdin));
  listener.session.endInput();
  await bench.time.run(10_000);
  const { stdout, stderr, end } = listener;
  return { stdout, stderr, code: end?.type === 'exited' ? end.exitCode : undefined };
};

const script = async (text: string): Promise<string> => {
  const { stdout, stderr, code } = await run(['sh', '-c', text]);
  return `${stdout}${stderr}(${code})`;
};

describe('exec in a simulated container', () => {
  it.each([
    [['true'], '', 0],
    [['false'], '', 1],
    [['echo', 'a', 'b'], 'a b\n', 0],
    [['echo', '-n', 'a'], 'a', 0],
    [['/bin/echo', 'a'], 'a\n', 0],
    [['hostname'], 'agent-x7k2p\n', 0],
    [['pwd'], '/\n', 0],
    [['cat', '/etc/hostname'], 'agent-x7k2p\n', 0],
    [['cat', '/var/run/secrets/kubernetes.io/serviceaccount/namespace'], 'default', 0],
    [['date'], 'Wed Nov 25 10:00:00 UTC 2026\n', 0],
    [['date', '+%s'], '1795600800\n', 0],
    [['ls', '/'], 'bin\ndev\netc\nproc\nroot\nsys\ntmp\nusr\nvar\n', 0],
    [['ls', '-l', '/etc'], 'hostname\nhosts\nos-release\n', 0],
    [['sleep', '2'], '', 0],
  ])('runs %j', async (command, stdout, code) => {
    expect(await run(command)).toEqual({ stdout, stderr: '', code });
  });

  it('gives the environment of the Pod, without what it cannot know', async () => {
    const { stdout } = await run(['env']);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['COLOUR=deep blue', 'NODE=n1', 'HOSTNAME=agent-x7k2p', 'HOME=/root']));
    expect(stdout).not.toContain('SECRET');
  });

  it('gives a container on the network of the host the name of the node', async () => {
    const bench = await new SessionBench().start({ hostNetwork: true });
    expect((await bench.listen(exec(['hostname']))).stdout).toBe('n1\n');
  });

  it('copies its input through cat, byte for byte', async () => {
    const text = 'one\ntwo ☃\n'.repeat(100);
    expect(await run(['cat'], text)).toEqual({ stdout: text, stderr: '', code: 0 });
    expect((await run(['cat', '/etc/hostname', '-'], 'more')).stdout).toBe('agent-x7k2p\nmore');
  });

  it('takes no input faster than the command reads it', async () => {
    const bench = await new SessionBench().start();
    const session = await bench.session(exec(['sleep', '60']));
    let isTaken = false;
    void session.write(bytes('x')).then(() => (isTaken = true));
    await bench.time.run(30_000);
    expect(isTaken).toBe(false);
    session.close();
    await bench.time.run(0);
    expect(isTaken).toBe(true);
  });

  it.each([
    [['cat', '/nowhere'], "cat: can't open '/nowhere': No such file or directory\n", 1],
    [['cat', '/etc'], 'cat: read error: Is a directory\n', 1],
    [['ls', '/nowhere'], 'ls: /nowhere: No such file or directory\n', 1],
    [['sleep', 'long'], "sleep: invalid number 'long'\n", 1],
    [['bash'], 'OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown\n', 127],
    [['/bin/bash'], 'OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/bash": stat /bin/bash: no such file or directory: unknown\n', 127],
  ])('complains of %j on stderr', async (command, stderr, code) => {
    expect(await run(command)).toEqual({ stdout: '', stderr, code });
  });

  it('says only what is asked for', async () => {
    expect(await run(['echo', 'a'], '', { stdout: false })).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(await run(['cat', '/nowhere'], '', { stderr: false })).toEqual({ stdout: '', stderr: '', code: 1 });
    expect(await run(['cat'], 'ignored', { stdin: false })).toEqual({ stdout: '', stderr: '', code: 0 });
  });

  it('is killed with its container, and when its client leaves', async () => {
    const bench = await new SessionBench({ stop: { min: 100, max: 100 } }).start();
    const killed = await bench.listen(exec(['sleep', 'infinity']));
    bench.stop(30);
    await bench.time.run(1_000);
    expect(killed.end).toEqual(exited(137));
    const other = await new SessionBench().start();
    const left = await other.listen(exec(['cat']));
    left.session.close();
    await other.time.run(0);
    expect(left.stdout).toBe('');
  });

  it('does not outlive the run that it was started in', async () => {
    const bench = await new SessionBench().start();
    const killed = await bench.listen(exec(['sh']));
    bench.runtime.crash('u-1', 2);
    await bench.time.run(20_000);
    expect(killed.end).toEqual(exited(137));
  });
});

describe('the simulated sh', () => {
  it.each([
    ['echo a; echo b', 'a\nb\n(0)'],
    ['false && echo a || echo b', 'b\n(0)'],
    ['true || echo a; echo $?', '0\n(0)'],
    ['false; echo $?', '1\n(0)'],
    ['echo "$COLOUR" ${NODE}x \'$NODE\' "\\$NODE" a\\ b', 'deep blue n1x $NODE $NODE a b\n(0)'],
    ['echo "" a # not this', ' a\n(0)'],
    ['echo "a # b" c#d', 'a # b c#d\n(0)'],
    ['exit 3; echo a', '(3)'],
    ['sh -c "echo inner"; pwd', 'inner\n/\n(0)'],
    ['nothing-of-the-kind', 'sh: nothing-of-the-kind: not found\n(127)'],
    ['help', 'This container is simulated. It knows cat, clear, date, echo, env, false, hostname, ls, pwd, sh, sleep, true, and cd, command, exec and exit; commands in a row with ;, && and ||, in parentheses, and > /dev/null.\n(0)'],
    ['echo a | cat', 'sh: syntax error: "|" is not understood by the simulated shell\n(2)'],
    ['echo "a', 'sh: syntax error: unterminated quoted string\n(2)'],
    ['echo a < /etc/hosts', 'sh: syntax error: "<" is not understood by the simulated shell\n(2)'],
    ['sleep 1 && echo done', 'done\n(0)'],
    ['command -v cat cd; command -v bash; echo $?', '/bin/cat\ncd\n127\n(0)'],
    ['command -v bash cat; command echo a', '/bin/cat\na\n(0)'],
    ['exec echo a; echo b', 'a\n(0)'],
    ['exec false; echo b', '(1)'],
    ['exec; echo b', 'b\n(0)'],
    ['exec nothing; echo b', 'sh: nothing: not found\n(127)'],
    ['clear', '\x1b[H\x1b[2J(0)'],
  ])('runs %j', async (text, expected) => {
    expect(await script(text)).toBe(expected);
  });

  it.each([
    ['(exit 3; echo a); echo $?', '3\n(0)'],
    ['(false || echo a) && (echo b; false) || echo c', 'a\nb\nc\n(0)'],
    ['(echo a; (echo b)) > /dev/null; (true)', '(0)'],
    ['(exec false); echo $?', '1\n(0)'],
    ['(echo a', 'sh: syntax error: ")" is missing\n(2)'],
    ['echo a)', 'sh: syntax error: unexpected ")"\n(2)'],
    ['echo (a)', 'sh: syntax error: "(" is not understood by the simulated shell\n(2)'],
    ['(echo a) b', 'sh: syntax error: ";" or an operator is expected after ")"\n(2)'],
    [`${'('.repeat(40)}echo a${')'.repeat(40)}`, 'sh: syntax error: "(" is not understood by the simulated shell\n(2)'],
  ])('groups %j', async (text, expected) => {
    expect(await script(text)).toBe(expected);
  });

  it.each([
    ['echo a > /dev/null; echo b', { stdout: 'b\n', stderr: '' }],
    ['echo a >/dev/null 2>&1', { stdout: '', stderr: '' }],
    ['nothing 2>/dev/null; echo $?', { stdout: '127\n', stderr: '' }],
    ['nothing 2>&1', { stdout: 'sh: nothing: not found\n', stderr: '' }],
    ['nothing 2>&1 >/dev/null', { stdout: 'sh: nothing: not found\n', stderr: '' }],
    ['nothing >/dev/null 2>&1; echo $?', { stdout: '127\n', stderr: '' }],
    ['echo a >&2; cat /etc/hostname 1>&2', { stdout: '', stderr: 'a\nagent-x7k2p\n' }],
    ['echo 2 a2>/dev/null', { stdout: '', stderr: '' }],
    ['echo a > /tmp/x || echo b', { stdout: 'b\n', stderr: "sh: can't create /tmp/x: Read-only file system\n" }],
    ['echo a > $NODE', { stdout: '', stderr: "sh: can't create n1: Read-only file system\n" }],
    ['echo a >', { stdout: '', stderr: 'sh: syntax error: the target of ">" is missing\n' }],
    ['echo a 3>/dev/null', { stdout: '', stderr: 'sh: syntax error: "3>" is not understood by the simulated shell\n' }],
    ['echo a >&b', { stdout: '', stderr: 'sh: syntax error: ">&" is not understood by the simulated shell\n' }],
  ])('redirects %j', async (text, expected) => {
    expect(await run(['sh', '-c', text])).toMatchObject(expected);
  });

  it('reads lines from its input, and what a command reads is not its own', async () => {
    expect(await run(['sh'], 'echo a\nfalse\necho $?\n')).toEqual({ stdout: 'a\n1\n', stderr: '', code: 0 });
    expect((await run(['sh'], 'cat\nnot a command\n')).stdout).toBe('not a command\n');
    expect((await run(['sh'], 'exit 4\necho a\n')).code).toBe(4);
  });

  describe('with a terminal', () => {
    const terminal = async (command = ['sh']): Promise<{ readonly type: (text: string) => Promise<string>; readonly end: () => object | undefined }> => {
      const bench = await new SessionBench().start();
      const listener = await bench.listen(exec(command, { tty: true }));
      let seen = 0;
      return {
        type: async (text) => {
          await listener.session.write(bytes(text));
          await bench.time.run(0);
          const shown = listener.stdout.slice(seen);
          seen = listener.stdout.length;
          return shown;
        },
        end: () => listener.end,
      };
    };

    it('prompts, echoes what is typed and ends its lines with returns', async () => {
      const { type, end } = await terminal();
      expect(await type('')).toBe('/ # ');
      expect(await type('host')).toBe('host');
      expect(await type('name\r')).toBe('name\r\nagent-x7k2p\r\n/ # ');
      expect(await type('nothing\r')).toBe('nothing\r\nsh: nothing: not found\r\n/ # ');
      expect(await type('exit 5\r')).toBe('exit 5\r\n');
      expect(end()).toEqual(exited(5));
    });

    it('takes back what was typed, also characters of several bytes, and passes over arrows', async () => {
      const { type } = await terminal();
      await type('');
      expect(await type('echo ab☃\x7f\x7f')).toBe('echo ab☃\b \b\b \b');
      expect(await type('\x1b[A\x1b[D')).toBe('');
      expect(await type('\r')).toBe('\r\na\r\n/ # ');
      expect(await type('\x7f')).toBe('');
    });

    it('interrupts a command with ^C, and drops a line', async () => {
      const { type, end } = await terminal();
      await type('');
      expect(await type('sleep 1000\r')).toBe('sleep 1000\r\n');
      expect(await type('\x03')).toBe('^C\r\n/ # ');
      expect(await type('echo $?\r')).toBe('echo $?\r\n130\r\n/ # ');
      expect(await type('rubbish\x03')).toBe('rubbish^C\r\n/ # ');
      expect(end()).toBeUndefined();
    });

    it.each([
      ['a terminal program', 'command -v bash >/dev/null && exec bash || exec sh', '/ # '],
      ['a desktop program', 'clear; (bash || ash || sh)', '\x1b[H\x1b[2Jsh: bash: not found\r\nsh: ash: not found\r\n/ # '],
    ])('prompts in the shell that %s looks for', async (_client, looking, prompt) => {
      const { type, end } = await terminal(['sh', '-c', looking]);
      expect(await type('')).toBe(prompt);
      expect(await type('hostname\r')).toBe('hostname\r\nagent-x7k2p\r\n/ # ');
      expect(await type('sleep 1000\r')).toBe('sleep 1000\r\n');
      expect(await type('\x03')).toBe('^C\r\n/ # ');
      expect(await type('\x03')).toBe('^C\r\n/ # ');
      expect(await type('exit 5\r')).toBe('exit 5\r\n');
      expect(end()).toEqual(exited(5));
    });

    it('ends the input of a command with ^D, and then the shell', async () => {
      const { type, end } = await terminal();
      await type('');
      expect(await type('cat\rhello\r')).toBe('cat\r\nhello\r\nhello\r\n');
      expect(await type('\x04')).toBe('/ # ');
      expect(await type('\x04')).toBe('');
      expect(end()).toEqual(exited(0));
    });
  });
});
