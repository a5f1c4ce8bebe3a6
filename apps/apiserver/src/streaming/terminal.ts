import type { NodeSession, SessionChannel, SessionEnd } from '@everynode/node-streams';

/** What a client of exec or attach sends: bytes of a channel, or its end. */
export interface TerminalInput {
  readonly channel: SessionChannel;
  /** Undefined at the end of the channel. */
  readonly bytes: Uint8Array | undefined;
}

/** The client's side of exec or attach, whatever protocol it speaks. */
export interface TerminalConnection {
  /** Ends when the client has left; to be iterated once. */
  readonly inputs: AsyncIterable<TerminalInput>;
  /** Resolves when there is room for more. */
  send(channel: SessionChannel, bytes: Uint8Array): Promise<void>;
  /** Tells how it ended, and closes the connection. */
  finish(end: SessionEnd): Promise<void>;
  onClose(listener: () => void): void;
}

const ENDED_HERE: SessionEnd = { type: 'lost', message: 'the API server has ended the session' };

const takeInputs = async (connection: TerminalConnection, session: NodeSession): Promise<void> => {
  for await (const { channel, bytes } of connection.inputs) {
    if (bytes === undefined) session.end(channel);
    else await session.write(channel, bytes);
  }
};

const giveOutputs = async (connection: TerminalConnection, session: NodeSession): Promise<void> => {
  let end: SessionEnd = ENDED_HERE;
  for await (const event of session.events) {
    if (event.type === 'data') await connection.send(event.channel, event.bytes);
    else ({ end } = event);
  }
  await connection.finish(end);
};

/** Joins a client with a container until one of them ends. */
export const runTerminal = async (connection: TerminalConnection, session: NodeSession): Promise<void> => {
  connection.onClose(() => session.close());
  try {
    await Promise.all([takeInputs(connection, session), giveOutputs(connection, session)]);
  } finally {
    session.close();
  }
};
