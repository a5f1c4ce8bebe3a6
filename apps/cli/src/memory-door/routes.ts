/** Paths of the door to a fleet that keeps its log in memory; used by both sides. */
export const ROUTE = {
  status: '/status',
  snapshot: '/snapshot',
  records: '/records',
  follow: '/follow',
  messages: '/messages',
  request: '/request',
  publish: '/publish',
  deadLetters: '/dead-letters',
} as const;

/** Body of a request or of something published. */
export interface SentMessage {
  readonly subject: string;
  readonly payload: string;
  /** Milliseconds; of requests only. */
  readonly timeoutMs?: number;
}
