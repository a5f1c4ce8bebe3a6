import type { StatusDetails } from '../status/status.ts';

/** How a command ended, as the error channel says it: a Status without what only answers over HTTP have. */
export interface StreamStatus {
  readonly metadata: Record<string, never>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** The end of a command that ran; clients take its exit code for their own. */
export const exitStatus = (exitCode: number): StreamStatus =>
  exitCode === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${exitCode}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
      };

/** The end of a stream that did not get to its end. */
export const streamFailureStatus = (reason: string, message: string): StreamStatus => ({
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code: 500,
});
