import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS = 60_000;
const STOP_MS = 20_000;

/** A fleet of three nodes as `everynode up` starts it, in a folder of its own. `stop` leaves nothing of it behind. */
export const startE2eFleet = async (root) => {
  const data = mkdtempSync(join(tmpdir(), 'everynode-e2e-'));
  const program = join(root, 'bin', 'everynode.mjs');
  const args = [program, 'up', '--nodes', '3', '--profile', 'realistic', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const last = [];
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(timer);
    }
    rmSync(data, { recursive: true, force: true });
  };
  const up = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the fleet is not up after ${START_MS} ms`)), START_MS);
    const read = (line) => {
      last.push(line);
      if (last.length > 20) last.shift();
      if (!line.startsWith('the fleet is up')) return;
      clearTimeout(timer);
      resolve();
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', read);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`everynode up ended with code ${code}:\n${last.join('\n')}`));
    });
  });
  try {
    await up;
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = join(data, 'kubeconfig');
  return { kubeconfig, server: /server: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '', stop };
};
