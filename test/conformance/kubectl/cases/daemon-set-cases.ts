import type { KubectlCase } from './kubectl-case.ts';

const ROLLED_OUT: Omit<KubectlCase, 'shows'> = { command: 'rollout status ds/web -n acc --timeout=20s', expect: /successfully rolled out/ };
const ADD_VARIABLE = '{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"B","value":"2"}]}]}}}}';

/** Apply, rollout and undo. */
const ROLLOUT_CASES: readonly KubectlCase[] = [
  { shows: 'a DaemonSet applied', command: 'apply -f manifests/web.yaml -n acc', expect: /daemonset\.apps\/web created/ },
  { shows: 'the end of the first rollout', ...ROLLED_OUT },
  { shows: 'a DaemonSet in wide columns', command: 'get ds -n acc -o wide', expect: /web\s+2\s+2\s+2\s+2\s+2\s+<none>\s+\S+\s+c\s+nginx:1\.25\s+app=web/ },
  { shows: 'that applying it again changes nothing', command: 'apply -f manifests/web.yaml -n acc', expect: /unchanged/ },
  { shows: 'what applying would change', command: 'diff -f manifests/web-newer.yaml -n acc', expect: /\+\s+(- )?image: nginx:1\.26/, exitCode: 1 },
  { shows: 'a dry run at the server', command: 'apply -f manifests/web-newer.yaml -n acc --dry-run=server', expect: /configured \(server dry run\)/ },
  { shows: 'a DaemonSet changed', command: 'apply -f manifests/web-newer.yaml -n acc', expect: /configured/ },
  { shows: 'the end of the second rollout', ...ROLLED_OUT },
  { shows: 'the history of rollouts', command: 'rollout history ds/web -n acc', expect: /REVISION[\s\S]*1[\s\S]*2/ },
  { shows: 'the revisions with their owner', command: 'get controllerrevisions -n acc', expect: /daemonset\.apps\/web\s+2/ },
  { shows: 'an image set', command: 'set image ds/web c=nginx:1.27 -n acc', expect: /image updated/ },
  { shows: 'a rollout undone to a revision', command: 'rollout undo ds/web --to-revision=1 -n acc', expect: /rolled back/ },
  { shows: 'the image of that revision', command: 'get ds web -n acc -o jsonpath={.spec.template.spec.containers[0].image}', expect: /^nginx:1\.25$/ },
  { shows: 'a rollout started anew', command: 'rollout restart ds/web -n acc', expect: /restarted/ },
  { shows: 'the end of that rollout', ...ROLLED_OUT },
  { shows: 'that a DaemonSet cannot be paused', command: 'rollout pause ds/web -n acc', expect: /pausing is not supported/, exitCode: 1 },
  { shows: 'that a DaemonSet cannot be scaled', command: 'scale ds web --replicas=3 -n acc', expect: /could not find the requested resource/, exitCode: 1 },
];

/** The kinds of patch, and what the server refuses. */
const PATCH_CASES: readonly KubectlCase[] = [
  { shows: 'a strategic merge patch', command: `patch ds web -n acc -p '${ADD_VARIABLE}'`, expect: /patched/ },
  { shows: 'that lists were merged by their keys', command: 'get ds web -n acc -o jsonpath={.spec.template.spec.containers[0].env[*].name}', expect: /^(A B|B A)$/ },
  { shows: 'a merge patch', command: `patch ds web -n acc --type=merge -p '{"metadata":{"labels":{"tier":"edge"}}}'`, expect: /patched/ },
  { shows: 'a JSON patch', command: `patch ds web -n acc --type=json -p '[{"op":"remove","path":"/metadata/labels/tier"}]'`, expect: /patched/ },
  { shows: 'a label', command: 'label ds web -n acc x=y', expect: /labeled/ },
  { shows: 'an annotation', command: 'annotate ds web -n acc note=hello', expect: /annotated?/ },
  { shows: 'an edit in an editor', command: 'edit ds web -n acc', expect: /edited/, env: { KUBE_EDITOR: 'sed -i s/note:.hello/note:\\ bye/' } },
  { shows: 'a DaemonSet with the state of its Pods and its events', command: 'describe ds web -n acc', expect: /Pods Status:\s+\d Running[\s\S]*SuccessfulCreate/ },
  { shows: 'that labels have to match the selector', command: 'apply -f manifests/wrong-labels.yaml -n acc', expect: /The DaemonSet "bad" is invalid: spec\.template\.metadata\.labels/, exitCode: 1 },
  { shows: 'that fields have to exist', command: 'apply -f manifests/unknown-fields.yaml -n acc', expect: /unknown field/, exitCode: 1 },
  { shows: 'that a name is taken', command: 'create -f manifests/web.yaml -n acc', expect: /AlreadyExists/, exitCode: 1 },
  { shows: 'an object replaced', command: 'replace -f manifests/web-newer.yaml -n acc', expect: /replaced/ },
];

/** Server-side apply. */
const APPLY_CASES: readonly KubectlCase[] = [
  { shows: 'a server-side apply', command: 'apply --server-side -f manifests/ssa.yaml -n acc', expect: /serverside-applied/ },
  { shows: 'the conflict of a second manager', command: 'apply --server-side --field-manager=other -f manifests/ssa-newer.yaml -n acc', expect: /conflict with "kubectl".*\.image/, exitCode: 1 },
  { shows: 'a conflict decided by force', command: 'apply --server-side --field-manager=other --force-conflicts -f manifests/ssa-newer.yaml -n acc', expect: /serverside-applied/ },
  { shows: 'the managers of fields', command: 'get ds ssa -n acc -o yaml --show-managed-fields', expect: /manager: other/, since: 21 },
  { shows: 'that a DaemonSet has no autoscaler', command: 'autoscale ds web --min=1 --max=2 -n acc', expect: /could not find|no matches|doesn't have|cannot autoscale/, exitCode: 1 },
];

export const DAEMON_SET_CASES: readonly KubectlCase[] = [...ROLLOUT_CASES, ...PATCH_CASES, ...APPLY_CASES];
