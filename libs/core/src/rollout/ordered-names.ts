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
    this.present.add(name);
    if (this.queued.has(name)) return;
    this.queued.add(name);
    this.push(name);
  }

  delete(name: string): void {
    this.present.delete(name);
    // Names of nodes that are gone for good must not pile up.
    // Stryker disable next-line ConditionalExpression,EqualityOperator,ArithmeticOperator: when it is rebuilt decides about cost only
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
    for (;;) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      // Stryker disable next-line EqualityOperator: names in the heap are distinct
      if (above === undefined || above < name) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = name;
  }

  private pop(): string | undefined {
    const last = this.heap.pop();
    if (last === undefined) return undefined;
    const [first = last] = this.heap;
    this.queued.delete(first);
    if (first !== last) this.sink(last);
    return first;
  }

  /** Puts a name in at the top in place of the one that is there. */
  private sink(name: string): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let least = heap[child];
      if (least === undefined) break;
      const right = heap[child + 1] ?? least;
      if (right < least) {
        child += 1;
        least = right;
      }
      // Stryker disable next-line EqualityOperator: names in the heap are distinct
      if (name < least) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = name;
  }
}
