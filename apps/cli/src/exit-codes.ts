/** Exit codes of every command. `diff` has those of diff: `different` and `trouble`. */
export const EXIT = { ok: 0, failure: 1, usage: 2, different: 1, trouble: 2 } as const;
