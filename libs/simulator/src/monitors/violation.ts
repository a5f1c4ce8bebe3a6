/** A property that did not hold, with what was seen. */
export interface Violation {
  readonly property: string;
  readonly detail: string;
  /** Virtual milliseconds since the start of the run. */
  readonly at: number;
}
