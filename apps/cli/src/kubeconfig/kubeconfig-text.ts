export const DEFAULT_CONTEXT = 'everynode';

/** A kubeconfig with one cluster under the name of its one context, whose API server takes requests without credentials. */
export const kubeconfigText = (server: string, context: string = DEFAULT_CONTEXT): string => `apiVersion: v1
kind: Config
clusters:
- name: ${context}
  cluster:
    server: ${server}
users:
- name: everynode
  user: {}
contexts:
- name: ${context}
  context:
    cluster: ${context}
    user: everynode
current-context: ${context}
`;
