import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigText } from './kubeconfig-text.ts';

describe('the text of a kubeconfig', () => {
  it.each(['jane', 'y', 'no', 'On', 'null', '12', '1:30', 'a: b', 'system:node:n1', '#'])('names the user %j as text for readers of YAML 1.1 and 1.2', (user) => {
    const text = kubeconfigText({ url: 'https://127.0.0.1:6443' }, { user, namespace: user });
    for (const version of ['1.1', '1.2'] as const)
      expect(parse(text, { version })).toMatchObject({ users: [{ name: user }], contexts: [{ context: { user, namespace: user } }], 'current-context': 'everynode' });
    expect(text).toMatch(/^apiVersion: v1\n/);
  });
});
