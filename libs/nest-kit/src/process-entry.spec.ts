import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startFailure } from './process-entry.ts';

const listening = async (port: number): Promise<unknown> => {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
};

describe('startFailure', () => {
  it('names the port that is taken and what to do', async () => {
    const first = createServer();
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as AddressInfo;
    expect(startFailure(await listening(port))).toBe(`port ${port} of 127.0.0.1 is taken; name another one`);
    await new Promise((resolve) => first.close(resolve));
  });

  it('says everything else in its own words', () => {
    expect(startFailure(new Error('no such folder'))).toBe('no such folder');
    expect(startFailure('odd')).toBe('odd');
  });
});
