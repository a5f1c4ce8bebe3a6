import type { KubectlCase } from './kubectl-case.ts';

/** A watch while nothing happens, and the ways to delete. */
export const DELETION_CASES: readonly KubectlCase[] = [
  { shows: 'Pods and a watch of them', command: 'get pods -n acc -w --request-timeout=3s', expect: /web-/, exitCode: 'any', timeoutMs: 2_000 },
  { shows: 'a DaemonSet deleted without its Pods', command: 'delete ds ssa -n acc --cascade=orphan', expect: /daemonset\.apps "ssa" deleted/ },
  { shows: 'the Pods that were left', command: 'get pods -l app=ssa -n acc -o name', expect: /pod\/ssa-/ },
  { shows: 'Pods deleted by their label', command: 'delete pods -l app=ssa -n acc', expect: /pod "ssa-.*deleted/ },
  { shows: 'a DaemonSet deleted after its Pods', command: 'delete ds web -n acc --cascade=foreground', expect: /daemonset\.apps "web" deleted/ },
  { shows: 'that its Pods are gone', command: 'get pods -l app=web -n acc', expect: /No resources found/ },
  { shows: 'a Pod of an image', command: 'run r1 --image=busybox -n acc', expect: /pod\/r1 created/ },
  { shows: 'a Pod deleted at once', command: 'delete pod r1 -n acc --now', expect: /deleted/ },
  { shows: 'that there is no such Pod', command: 'delete pod nope -n acc', expect: /NotFound/, exitCode: 1 },
  { shows: 'a deletion on trial', command: 'delete cm cm -n acc --dry-run=server', expect: /deleted.*\(server dry run\)/ },
  { shows: 'all ConfigMaps deleted', command: 'delete cm --all -n acc', expect: /"cm" deleted/ },
  { shows: 'a namespace deleted with all that is in it', command: 'delete ns acc', expect: /namespace "acc" deleted/ },
];
