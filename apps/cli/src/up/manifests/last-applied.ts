const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Annotations of an object may have 256 KiB together; what comes near is sent without this one. */
const MAX_LENGTH = 200_000;

interface Annotated {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> | null };
}

/**
 * The object with the annotation that `kubectl apply` leaves on what it applied. With it the next `kubectl apply -f` of the same file knows which fields came from
 * the file, and does not warn that it has to guess.
 */
export const asKubectlApplies = (body: Annotated): object => {
  const { [LAST_APPLIED]: _, ...annotations } = body.metadata?.annotations ?? {};
  const applied = `${JSON.stringify({ ...body, metadata: { ...body.metadata, annotations } })}\n`;
  if (applied.length > MAX_LENGTH) return body;
  return { ...body, metadata: { ...body.metadata, annotations: { ...annotations, [LAST_APPLIED]: applied } } };
};
