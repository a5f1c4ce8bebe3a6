import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../connection/running-fleet.ts';
import { lastLine } from './last-line.ts';
import { RestartDelay } from './restart-delay.ts';
import { SupervisedProcess } from './supervised-process.ts';

let dir = '';
let started: SupervisedProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-supervised-'));
  started = [];
});
afterEach(async () => {
  await Promise.all(started.map((process) => process.stop()));
  rmSync(dir, { recursive: true, force: true });
});

const run = (
  code: string,
): { readonly supervised: SupervisedProcess; readonly news: string[]; readonly logFile: string } => {
  const [script, logFile, news] = [join(dir, 'script.mjs'), join(dir, 'x.log'), [] as string[]];
  writeFileSync(script, code);
  const supervised = new SupervisedProcess({
    name: 'worker',
    script,
    args: ['--x'],
    logFile,
    onNews: (line) => void news.push(line),
  });
  started.push(supervised);
  return { supervised, news, logFile };
};

const WAIT = { timeout: 10_000 };

describe('SupervisedProcess', () => {
  it('starts a process that ended again, and says how it ended and what it said last', async () => {
    const { supervised, news, logFile } = run(
      "console.log('starting ' + process.argv[2]); console.error('no such thing'); process.exit(3)",
    );
    await expect.poll(() => news.length, WAIT).toBeGreaterThan(1);
    expect(news[0]).toMatch(
      /^worker ended \(exit code 3, last said: no such thing\); starting it again in 0\.25 s; log: .*x\.log$/,
    );
    expect(news[1]).toContain('in 0.5 s');
    expect(supervised.restarts).toBeGreaterThan(1);
    expect(readFileSync(logFile, 'utf8')).toContain('starting --x');
  });

  it('stops a process that takes its time, and does not start it again', async () => {
    const { supervised, news, logFile } = run(
      "process.on('SIGTERM', () => setTimeout(() => { console.log('good-bye'); process.exit() }, 100)); setInterval(() => {}, 1000); console.log('up')",
    );
    await expect.poll(() => readFileSync(logFile, 'utf8'), WAIT).toContain('up');
    const pid = supervised.pid ?? 0;
    await supervised.stop();
    expect(isAlive(pid)).toBe(false);
    expect(readFileSync(logFile, 'utf8')).toContain('good-bye');
    expect(news).toEqual([]);
  });

  it('starts one again that was killed', async () => {
    const { supervised, news } = run('setInterval(() => {}, 1000)');
    const pid = supervised.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => supervised.pid, WAIT).not.toBe(pid);
    await expect.poll(() => supervised.state, WAIT).toBe('running');
    expect(news[0]).toContain('worker ended (killed by SIGKILL)');
  });
});

describe('RestartDelay', () => {
  it('doubles up to ten seconds, and begins again after a long run', () => {
    const delay = new RestartDelay();
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => delay.next(10))).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000,
    ]);
    expect(delay.next(30_000)).toBe(250);
  });
});

describe('lastLine', () => {
  it.each([
    ['{"level":50,"msg":"no broker"}\n', 'no broker'],
    ['Error: torn\n    at x (y.js:1)\n}\n\nNode.js v24.1.0\n', 'Error: torn'],
    ['', '-'],
  ])('reads %j as %s', (text, line) => {
    writeFileSync(join(dir, 'log'), text);
    expect(lastLine(join(dir, 'log'))).toBe(line);
  });

  it('is a dash for a file that is not there', () => {
    expect(lastLine(join(dir, 'nothing'))).toBe('-');
  });
});
