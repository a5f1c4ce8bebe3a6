/** A kubeconfig with one cluster, whose API server takes requests without credentials. */
export const kubeconfigText = (server: string): string => `apiVersion: v1
kind: Config
clusters:
- name: everynode
  cluster:
    server: ${server}
users:
- name: everynode
  user: {}
contexts:
- name: everynode
  context:
    cluster: everynode
    user: everynode
current-context: everynode
`;
