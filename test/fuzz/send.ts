import { Agent, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { FuzzRequest } from './request.ts';

export type FuzzAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly type: string; readonly text: string; readonly milliseconds: number }
  /** A stream that was still open when we left it (a watch, a followed log), or a connection that was upgraded. */
  | { readonly outcome: 'streaming'; readonly status: number; readonly milliseconds: number }
  | { readonly outcome: 'broken'; readonly error: string; readonly wasKept: boolean; readonly milliseconds: number }
  | { readonly outcome: 'silent'; readonly milliseconds: number };

/** An answer whose head does not come in this time counts as a hang. */
const HANG_MS = 20_000;
/** Streams are left after this. */
const STREAM_MS = 500;
const TEXT_MAX = 4 << 20;

/** Sends requests over kept connections. */
export class FuzzClient {
  private readonly agent: Agent;
  private readonly base: URL;
  private readonly used = new WeakSet<Socket>();

  constructor(server: string, connections: number) {
    this.base = new URL(server);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  close(): void {
    this.agent.destroy();
  }

  /** Never rejects. A request that came to a kept connection while the server closed it goes out once more, as every HTTP client does it. */
  async send(request: FuzzRequest): Promise<FuzzAnswer> {
    const first = await this.attempt(request);
    return first.outcome === 'broken' && first.wasKept ? this.attempt(request) : first;
  }

  private attempt(request: FuzzRequest): Promise<FuzzAnswer> {
    return new Promise((resolve) => {
      const startedAt = performance.now();
      const spent = (): number => performance.now() - startedAt;
      const { hostname, port } = this.base;
      const outgoing = httpRequest({ agent: this.agent, hostname, port, method: request.method, path: request.target, headers: { ...request.headers, 'content-length': String(request.body.length) } });
      let wasKept = false;
      outgoing.on('socket', (socket) => {
        wasKept = this.used.has(socket);
        this.used.add(socket);
      });
      const hang = setTimeout(() => {
        resolve({ outcome: 'silent', milliseconds: spent() });
        outgoing.destroy();
      }, HANG_MS);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(hang);
        resolve({ outcome: 'broken', error: error.code ?? error.message, wasKept, milliseconds: spent() });
      });
      outgoing.on('upgrade', (response, socket) => {
        clearTimeout(hang);
        socket.on('error', () => undefined).destroy();
        resolve({ outcome: 'streaming', status: response.statusCode ?? 0, milliseconds: spent() });
      });
      outgoing.on('response', (response) => {
        clearTimeout(hang);
        const status = response.statusCode ?? 0;
        const leave = setTimeout(() => {
          resolve({ outcome: 'streaming', status, milliseconds: spent() });
          outgoing.destroy();
        }, STREAM_MS);
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (text.length < TEXT_MAX) text += chunk;
        });
        response.on('end', () => {
          clearTimeout(leave);
          resolve({ outcome: 'answered', status, type: response.headers['content-type'] ?? '', text, milliseconds: spent() });
        });
        response.on('error', (error) => {
          clearTimeout(leave);
          resolve({ outcome: 'broken', error: error.message, wasKept: false, milliseconds: spent() });
        });
      });
      outgoing.end(request.body);
    });
  }
}
