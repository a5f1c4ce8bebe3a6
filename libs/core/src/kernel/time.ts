/** Milliseconds since 1970; always a value that came in with an input or a record, never read from a clock. */
export type Milliseconds = number;

let newestSecond = Number.NaN;
let newestText = '';

/** RFC 3339 in UTC with seconds, as Kubernetes writes `metav1.Time`. The newest second is remembered: thousands of objects are written in one. */
export const toRfc3339 = (at: Milliseconds): string => {
  const second = Math.floor(at / 1000);
  if (second !== newestSecond) {
    newestText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    newestSecond = second;
  }
  return newestText;
};

/** RFC 3339 with microseconds, as Kubernetes writes `metav1.MicroTime`. */
export const toMicroTime = (at: Milliseconds): string => `${new Date(at).toISOString().slice(0, 23)}000Z`;

/** Milliseconds of an RFC 3339 text, or undefined when it is absent or not a time. */
export const fromRfc3339 = (text: string | null | undefined): Milliseconds | undefined => {
  if (text === null || text === undefined) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};
