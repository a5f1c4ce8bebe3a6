/** Why something was decided: the rule's number, and words for people. */
export interface Reason {
  readonly rule: `DS-${number}`;
  readonly text: string;
}

export const because = (rule: Reason['rule'], text: string): Reason => ({ rule, text });
