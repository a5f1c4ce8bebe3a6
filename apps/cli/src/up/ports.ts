import { freePort } from '@everynode/event-log-jetstream';
import { createServer } from 'node:net';
import { CommandFailed } from '../terminal/command-failed.ts';

const HOST = '127.0.0.1';

/** Whether somebody listens on a port of this machine. */
export const isTaken = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, HOST, () => server.close(() => resolve(false)));
  });

export interface WantedPort {
  readonly option: string;
  /** What the user asked for. */
  readonly asked: number | undefined;
  readonly standard: number;
  /** Told when another port than the standard one is used. */
  readonly onOther: (line: string) => void;
}

/** The port asked for, which must be free; without one the standard port, or a free one when that is taken. */
export const choosePort = async ({ option, asked, standard, onOther }: WantedPort): Promise<number> => {
  if (asked === 0) return freePort();
  const wanted = asked ?? standard;
  if (!(await isTaken(wanted))) return wanted;
  if (asked !== undefined)
    throw new CommandFailed(
      `${option}: port ${asked} is taken on this machine; name another one, or leave the option out to get a free one`,
    );
  const port = await freePort();
  onOther(`port ${standard} is taken; ${port} is used instead (${option})`);
  return port;
};
