/** Why something was decided: the rule's number (or what departs from Kubernetes' rules: the strict rollout policy, a node that is left out, that fails Pods or that shuts down, a full namespace), and words for people. */
export interface Reason {
  readonly rule: `DS-${number}` | 'strict' | 'excluded' | 'failing' | 'shutdown' | 'quota';
  readonly text: string;
}

export const because = (rule: Reason['rule'], text: string): Reason => ({ rule, text });
