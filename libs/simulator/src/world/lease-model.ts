/** A lease with a time to live; liveness only, so it may be as wrong as it likes. */
export class LeaseModel {
  private readonly ttlMs: number;
  private current: { readonly holder: string; readonly until: number } | undefined;

  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  acquireOrRenew(holder: string, now: number): boolean {
    if (this.current !== undefined && this.current.until > now && this.current.holder !== holder) return false;
    this.current = { holder, until: now + this.ttlMs };
    return true;
  }

  release(holder: string): void {
    if (this.current?.holder === holder) this.current = undefined;
  }

  /** Takes the lease away from whoever has it: what a wrong clock or a lost broker can do. */
  steal(): void {
    this.current = undefined;
  }
}
