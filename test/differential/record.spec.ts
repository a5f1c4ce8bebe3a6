import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('record.ts', import.meta.url));

it('the recorder runs in Node as it is, without the aliases of a bundler', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, '--help'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('--kubeconfig <file>');
});
