/** Something that happens at a virtual time; `what` runs to completion before anything else happens. */
interface Entry {
  readonly at: number;
  readonly order: number;
  readonly what: () => void;
}

/** Virtual time: entries run in the order of their times, and those of one time in the order in which they were scheduled. */
export class Schedule {
  /** Milliseconds since the start of the simulation's own epoch. */
  now: number;
  private readonly heap: Entry[] = [];
  private count = 0;

  constructor(startAt: number) {
    this.now = startAt;
  }

  at(time: number, what: () => void): void {
    const entry = { at: Math.max(time, this.now), order: this.count, what };
    this.count += 1;
    this.heap.push(entry);
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  after(delayMs: number, what: () => void): void {
    this.at(this.now + delayMs, what);
  }

  /** Runs the next entry that is due by `until`; false when there is none, and the time is then `until`. */
  step(until: number): boolean {
    const head = this.heap[0];
    if (head === undefined || head.at > until) {
      this.now = Math.max(this.now, until);
      return false;
    }
    this.pop();
    this.now = head.at;
    head.what();
    return true;
  }

  private isBefore(left: number, right: number): boolean {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swap(left: number, right: number): void {
    const a = this.heap[left];
    const b = this.heap[right];
    if (a === undefined || b === undefined) return;
    this.heap[left] = b;
    this.heap[right] = a;
  }

  private pop(): void {
    this.swap(0, this.heap.length - 1);
    this.heap.pop();
    let index = 0;
    for (;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) if (child < this.heap.length && this.isBefore(child, least)) least = child;
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }
}
