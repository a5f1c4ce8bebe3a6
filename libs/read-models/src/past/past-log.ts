/** What reading the past needs of a log; `EventLog` of `@everynode/event-log` has it. */
export interface PastLog {
  read(from: number, to?: number): AsyncIterable<{ readonly sequence: number; readonly payload: string }>;
  status(): Promise<{ readonly firstSequence: number; readonly lastSequence: number }>;
  loadSnapshot(notAfter?: number): Promise<{ readonly state: string } | undefined>;
}
