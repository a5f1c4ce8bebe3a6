import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { listVersions, WatcherGroup, type GroupProgress, type GroupVerdict } from './watcher-group.ts';
import type { WatchTarget } from './watcher.ts';

/** First argument of a program that is to run watchers for another one. */
export const WATCHER_ROLE = 'watchers';

interface Questions {
  open(target: WatchTarget, version: number, count: number): null;
  progress(): GroupProgress;
  verdict(version: number): GroupVerdict;
}

interface Question {
  readonly id: number;
  readonly name: keyof Questions;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What runs in the process of its own: answers the questions of the process that started it, until that one lets go. */
export const serveWatchers = (): void => {
  let target: WatchTarget | undefined;
  let group: WatcherGroup | undefined;
  const opened = (): WatcherGroup => {
    if (group === undefined) throw new Error('no watchers are open');
    return group;
  };
  const answer = async ({ name, args }: Question): Promise<unknown> => {
    if (name === 'progress') return opened().progress();
    if (name === 'verdict') {
      if (target === undefined) throw new Error('no watchers are open');
      return opened().verdict((await listVersions(`http://${target.host}:${target.port}`, target.path, args[0] as number)).objects);
    }
    target = args[0] as WatchTarget;
    group = await WatcherGroup.open(target, args[1] as number, args[2] as number);
    return null;
  };
  process.on('message', (question: Question) => {
    const send = (reply: Reply): void => void process.send?.(reply);
    answer(question).then(
      (value) => send({ id: question.id, value }),
      (error: unknown) => send({ id: question.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
};

/** Watchers in a process of their own, so that reading them does not slow down what is measured beside them. */
export class WatcherProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private lastId = 0;

  constructor(program: string) {
    this.child = fork(program, [WATCHER_ROLE], { stdio: 'inherit' });
    this.child.on('message', ({ id, value, error }: Reply) => {
      if (error === undefined) this.waiting.get(id)?.resolve(value);
      else this.waiting.get(id)?.reject(new Error(error));
      this.waiting.delete(id);
    });
    this.child.on('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error('the process of the watchers is gone'));
      this.waiting.clear();
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  ask<N extends keyof Questions>(name: N, ...args: Parameters<Questions[N]>): Promise<ReturnType<Questions[N]>> {
    const id = (this.lastId += 1);
    const answer = Promise.withResolvers<unknown>();
    this.waiting.set(id, answer);
    this.child.send({ id, name, args } satisfies Question);
    return answer.promise as Promise<ReturnType<Questions[N]>>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}
