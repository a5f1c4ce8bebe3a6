/** Lets a bounded number of requests, and of bytes, be under way at once, the others wait their turn in order; too many waiting are turned away. */
export class SendWindow {
  readonly #limits: { readonly requests: number; readonly bytes: number; readonly waiting: number };
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  #requests = 0;
  #bytes = 0;

  constructor(limits: { readonly requests: number; readonly bytes: number; readonly waiting: number }) {
    this.#limits = limits;
  }

  /** True when it is the caller's turn, who then has to `leave` with the same number of bytes; false when too many are waiting. */
  enter(bytes: number): Promise<boolean> {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) {
      this.#count(bytes);
      return Promise.resolve(true);
    }
    if (this.#waiting.length >= this.#limits.waiting) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push({ bytes, enter: () => resolve(true) }));
  }

  leave(bytes: number): void {
    this.#requests -= 1;
    this.#bytes -= bytes;
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#count(next.bytes);
      next.enter();
    }
  }

  // A single request larger than all bytes allowed goes when it is alone.
  #hasRoom(bytes: number): boolean {
    if (this.#requests >= this.#limits.requests) return false;
    return this.#requests === 0 || this.#bytes + bytes <= this.#limits.bytes;
  }

  #count(bytes: number): void {
    this.#requests += 1;
    this.#bytes += bytes;
  }
}
