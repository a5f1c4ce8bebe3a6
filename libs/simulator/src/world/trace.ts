/** The history of a run as a running hash, and its last lines for a report. */
export class Trace {
  private first = 0x811c9dc5;
  private second = 0x9747b28c;
  private readonly tail: string[] = [];
  private readonly tailLength: number;
  lines = 0;

  constructor(tailLength: number) {
    this.tailLength = tailLength;
  }

  add(line: string): void {
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      this.first = Math.imul(this.first ^ code, 0x01000193);
      this.second = Math.imul(this.second ^ code, 0x85ebca6b) ^ (this.second >>> 13);
    }
    this.lines += 1;
    if (this.tailLength === 0) return;
    this.tail.push(line);
    if (this.tail.length > this.tailLength) this.tail.shift();
  }

  /** 16 hexadecimal digits: same seed, same hash. */
  hash(): string {
    return [this.first, this.second].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
  }

  last(): readonly string[] {
    return this.tail;
  }
}
