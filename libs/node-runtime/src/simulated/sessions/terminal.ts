import type { Pipe } from './pipe.ts';
import type { ShellTerminal } from './shell.ts';
import { decodeText } from './utf8.ts';

const LINE_MAX = 4_096;
/** Lines typed ahead; more are dropped, as a terminal does. */
const LINES_AHEAD_MAX = 64;

const INTERRUPT = 0x03;
const END = 0x04;
const BACKSPACE = 0x08;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const DELETE = 0x7f;

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** What the terminal of a container makes of keys: lines with echo, backspace, ^C and ^D. An empty piece in `lines` is the end that ^D means. */
export class Terminal implements ShellTerminal {
  private readonly lines: Pipe<Uint8Array>;
  private readonly echo: (text: string) => Promise<void>;
  private readonly interrupts = new Set<() => void>();
  private line: number[] = [];
  private ahead = 0;
  private isInEscape = false;

  constructor(lines: Pipe<Uint8Array>, echo: (text: string) => Promise<void>) {
    this.lines = lines;
    this.echo = echo;
  }

  onInterrupt(listener: () => void): () => void {
    this.interrupts.add(listener);
    return () => void this.interrupts.delete(listener);
  }

  async type(bytes: Uint8Array): Promise<void> {
    let plain: number[] = [];
    for (const byte of bytes) {
      if (this.isPlain(byte)) {
        if (this.line.length < LINE_MAX) plain.push(byte);
        if (this.line.length < LINE_MAX) this.line.push(byte);
        continue;
      }
      const typed = decodeText(Uint8Array.from(plain));
      plain = [];
      const answer = typed + this.control(byte);
      if (answer !== '') await this.echo(answer);
    }
    if (plain.length > 0) await this.echo(decodeText(Uint8Array.from(plain)));
  }

  /** Keys such as the arrows come as escape sequences, which this terminal passes over. */
  private isPlain(byte: number): boolean {
    if (this.isInEscape) return false;
    return byte >= 0x20 ? byte !== DELETE : byte === 0x09;
  }

  /** Does what the key means, and returns what is shown of it. */
  private control(byte: number): string {
    if (this.isInEscape) {
      this.isInEscape = !((byte >= 0x40 && byte !== 0x5b && byte !== 0x4f) || byte < 0x20);
      return '';
    }
    switch (byte) {
      case RETURN:
      case NEWLINE:
        this.finishLine();
        return '\n';
      case DELETE:
      case BACKSPACE:
        return this.removeLast() ? '\b \b' : '';
      case INTERRUPT:
        this.interrupt();
        return '^C\n';
      case END:
        if (this.line.length === 0) this.pass(new Uint8Array());
        return '';
      case ESCAPE:
        this.isInEscape = true;
        return '';
      default:
        return '';
    }
  }

  private finishLine(): void {
    this.pass(Uint8Array.from([...this.line, NEWLINE]));
    this.line = [];
  }

  private removeLast(): boolean {
    if (this.line.length === 0) return false;
    while (isContinuation(this.line.at(-1))) this.line.pop();
    this.line.pop();
    return true;
  }

  /** Without a program to interrupt, the shell is given an empty line, so that it prompts anew. */
  private interrupt(): void {
    this.line = [];
    if (this.interrupts.size === 0) return this.finishLine();
    for (const listener of this.interrupts) listener();
  }

  private pass(bytes: Uint8Array): void {
    if (this.ahead >= LINES_AHEAD_MAX) return;
    this.ahead += 1;
    void this.lines.push(bytes).then(() => (this.ahead -= 1));
  }
}
