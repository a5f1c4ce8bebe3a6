import { spawn } from 'node:child_process';

/** Time that the other processes get to end before their broker does. */
const LATER_SECONDS = 2;

/**
 * Ends the broker when this process is killed without a chance to do it: the server knows nothing of us, so a shell waits for the pipe between us to close.
 * It is a group of its own, because Ctrl-C is not meant for it. The answer calls it off.
 */
export const guardBroker = (pid: number): (() => void) => {
  const guard = spawn(
    'sh',
    ['-c', `read -r _; sleep ${LATER_SECONDS}; kill -CONT "$0"; kill -TERM "$0"`, String(pid)],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  guard.once('error', () => undefined);
  guard.unref();
  guard.stdin.on('error', () => undefined);
  return () => void guard.kill('SIGKILL');
};
