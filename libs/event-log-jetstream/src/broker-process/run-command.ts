import { execFile } from 'node:child_process';

/** What a command printed, or why it failed, in one line. */
export type CommandResult =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly isMissing: boolean; readonly reason: string };

/** Runs a command without a shell; never rejects. */
export const runCommand = (
  command: readonly [string, ...string[]],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<CommandResult> => {
  const [file, ...args] = command;
  const settings = { timeout: options.timeoutMs, env: options.env ?? process.env, maxBuffer: 4 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(file, args, settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, stdout });
      const isMissing = error.code === 'ENOENT';
      resolve({ ok: false, isMissing, reason: isMissing ? `${file} is not installed` : describe(file, error, stderr) });
    });
  });
};

const describe = (file: string, error: Error & { readonly killed?: boolean }, stderr: string): string => {
  if (error.killed === true) return `${file} took too long`;
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? error.message;
  return `${file}: ${telling.trim().slice(0, 300)}`;
};
