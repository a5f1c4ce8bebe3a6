/** Why something was decided: the rule's number (or the name of the rollout policy that departs from the rules), and words for people. */
export interface Reason {
  readonly rule: `DS-${number}` | 'strict';
  readonly text: string;
}

export const because = (rule: Reason['rule'], text: string): Reason => ({ rule, text });
