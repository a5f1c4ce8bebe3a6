import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePort } from './ports.ts';

let server: Server;
let taken = 0;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  taken = typeof address === 'object' && address !== null ? address.port : 0;
});
afterEach(() => void server.close());

const choose = async (
  asked: number | undefined,
  standard: number,
): Promise<{ readonly port: number; readonly said: readonly string[] }> => {
  const said: string[] = [];
  return {
    port: await choosePort({ option: '--port', asked, standard, onOther: (line) => void said.push(line) }),
    said,
  };
};

describe('choosePort', () => {
  it('takes a free one and says which when the standard port is taken', async () => {
    const { port, said } = await choose(undefined, taken);
    expect(port).not.toBe(taken);
    expect(said).toEqual([`port ${taken} is taken; ${port} is used instead (--port)`]);
  });

  it('refuses a taken port that was asked for, naming the option', async () => {
    await expect(choose(taken, 1)).rejects.toThrow(`--port: port ${taken} is taken`);
  });

  it('takes what was asked for when it is free, and any free one for 0', async () => {
    const { port } = await choose(0, taken);
    expect(port).toBeGreaterThan(0);
    expect(await choose(port, taken)).toEqual({ port, said: [] });
  });
});
