/** Why a patch could not be applied, and which answer it deserves. */
export interface PatchError {
  /** `malformed`: 400. `unprocessable`: 422, the patch is understood but does not fit the object. */
  readonly reason: 'malformed' | 'unprocessable' | 'tooLarge';
  readonly message: string;
}

export type Patched =
  { readonly outcome: 'patched'; readonly value: unknown } | { readonly outcome: 'failed'; readonly error: PatchError };

export const patched = (value: unknown): Patched => ({ outcome: 'patched', value });

export const failed = (reason: PatchError['reason'], message: string): Patched => ({
  outcome: 'failed',
  error: { reason, message },
});
