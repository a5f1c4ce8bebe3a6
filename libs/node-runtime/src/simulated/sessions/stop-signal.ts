/** Says once that something has to end, and with which exit code. */
export class StopSignal {
  private readonly listeners = new Set<() => void>();
  private stoppedWith: number | undefined;

  /** The exit code; undefined while nothing has to end. */
  get code(): number | undefined {
    return this.stoppedWith;
  }

  stop(code: number): void {
    if (this.stoppedWith !== undefined) return;
    this.stoppedWith = code;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  /** Calls back when it is said, at once when it has been said; returns how to call it off. */
  onStop(listener: () => void): () => void {
    if (this.stoppedWith === undefined) this.listeners.add(listener);
    else listener();
    return () => void this.listeners.delete(listener);
  }
}
