/** A set of names of which the first ones in order can be taken without sorting the rest. */
export class OrderedNames {
  private readonly present = new Set<string>();
  private readonly queued = new Set<string>();
  /** A heap that may still hold names that were deleted since; `present` is the truth. */
  private heap: string[] = [];

  get size(): number {
    return this.present.size;
  }

  has(name: string): boolean {
    return this.present.has(name);
  }

  add(name: string): void {
    if (this.present.has(name)) return;
    this.present.add(name);
    if (this.queued.has(name)) return;
    this.queued.add(name);
    this.push(name);
  }

  delete(name: string): void {
    this.present.delete(name);
    // Names of nodes that are gone for good must not pile up.
    if (this.heap.length > 2 * this.present.size + 64) this.rebuild();
  }

  /** Takes up to `count` names out, the first in order first. */
  take(count: number): string[] {
    const taken: string[] = [];
    while (taken.length < count) {
      const name = this.pop();
      if (name === undefined) break;
      if (this.present.delete(name)) taken.push(name);
    }
    return taken;
  }

  private rebuild(): void {
    this.heap = [...this.present].sort();
    this.queued.clear();
    for (const name of this.heap) this.queued.add(name);
  }

  private push(name: string): void {
    const { heap } = this;
    let index = heap.push(name) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above <= name) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = name;
  }

  private pop(): string | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    this.queued.delete(first);
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const right = heap[child + 1];
      let least = heap[child];
      if (least === undefined) break;
      if (right !== undefined && right < least) {
        child += 1;
        least = right;
      }
      if (least >= last) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}
