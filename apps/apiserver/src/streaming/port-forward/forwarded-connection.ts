import { SESSION_CHANNELS, type NodeSession } from '@everynode/node-streams';
import type { InputQueue } from '../input-queue.ts';

/** The client's side of one connection to one port, whatever protocol it speaks. */
export interface ForwardedConnection {
  /** What the client sends; ends when it sends no more. */
  readonly inputs: InputQueue<Uint8Array>;
  /** Resolves when there is room for more. */
  send(bytes: Uint8Array): Promise<void>;
  /** Says that the connection is over; `failure` says why it is when it should not be. */
  finish(failure: string | undefined): Promise<void>;
  /** When the client has left altogether. */
  onClose(listener: () => void): void;
}

const takeInputs = async ({ inputs }: ForwardedConnection, session: NodeSession): Promise<void> => {
  for await (const bytes of inputs) await session.write(SESSION_CHANNELS.stdin, bytes);
  session.end(SESSION_CHANNELS.stdin);
};

const giveOutputs = async (connection: ForwardedConnection, session: NodeSession): Promise<void> => {
  let failure: string | undefined = 'the API server has ended the session';
  for await (const event of session.events) {
    if (event.type === 'data') await connection.send(event.bytes);
    else failure = event.end.type === 'exited' ? undefined : event.end.message;
  }
  await connection.finish(failure);
  connection.inputs.end();
};

/** Joins a client with a port of a Pod until one of them ends. */
export const runForwarded = async (connection: ForwardedConnection, session: NodeSession): Promise<void> => {
  connection.onClose(() => session.close());
  try {
    await Promise.all([takeInputs(connection, session), giveOutputs(connection, session)]);
  } finally {
    session.close();
  }
};
