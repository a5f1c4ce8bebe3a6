/** A broken invariant is a bug: the process crashes and starts again from the log, which is intact. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
