/** Why a rule has no test of its own: it speaks of a mechanism that this controller does not have, or it is departed from on purpose. */
export interface RuleNote {
  readonly status: 'does not apply' | 'departed from' | 'as measured on Kubernetes 1.34.3';
  readonly reason: string;
}

const notApplicable = (reason: string): RuleNote => ({ status: 'does not apply', reason });
const departed = (reason: string): RuleNote => ({ status: 'departed from', reason });
/** The rule as written is imprecise; what the real thing does counts. */
const measured = (reason: string): RuleNote => ({ status: 'as measured on Kubernetes 1.34.3', reason });

const ONE_WRITER =
  'One controller decides on everything in the order of the log, and sees its own effects at once: there are no workers, caches or expectations.';
const IN_THE_CORE =
  'Creating and deleting are events of the same decision and cannot fail one by one, but for what a quota refuses; the log takes all of a decision or nothing.';
const OWN_STORE =
  'The controller reads and writes the fold of the log; there is no API call that could fail or be stale.';
const OTHERS = 'A fact about the test suite of Kubernetes; what it asks of a server is tested where the server is.';

/** DS number → note. */
export const RULE_NOTES: ReadonlyMap<number, RuleNote> = new Map<number, RuleNote>([
  [59, notApplicable(ONE_WRITER)],
  [60, notApplicable('A leader starts to decide after it has folded the whole log.')],
  [
    62,
    departed(
      'After a creation that a quota refused one node is tried again after 1 s, 2 s, 4 s … up to 15 min, and all that there is room for as soon as there is.',
    ),
  ],
  [68, notApplicable('The log has no event for a Pod that did not change.')],
  [77, departed('A node that is gone leaves the counters at once, not with the next event about its Pods.')],
  [
    83,
    departed('Counters follow every change of a node, also where Kubernetes leaves them stale until the next sync.'),
  ],
  [85, notApplicable(ONE_WRITER)],
  [91, notApplicable(ONE_WRITER)],
  [96, notApplicable(IN_THE_CORE)],
  [97, notApplicable(OWN_STORE)],
  [98, notApplicable(OWN_STORE)],
  [99, notApplicable(OWN_STORE)],
  [
    132,
    departed(
      'The next Pod starts beside an ending one only where that is of an old revision, so outside of a rollout nothing overlaps. At most two failed Pods are left on a node, so that a Pod which always fails cannot pile up.',
    ),
  ],
  [
    126,
    departed(
      'Nothing is created while the back-off of Pods that are deleted as soon as they are made lasts, nor, critical Pods excepted, on a node that shuts down or is off.',
    ),
  ],
  [
    128,
    departed('A failed Pod that the shutdown of its node ended stays until the node is Ready again, one for each node.'),
  ],
  [144, departed('The back-off also counts Pods that somebody deletes within ten seconds of their creation.')],
  [145, departed('There is no limit per sync: a decision is split over as many records of the log as it needs.')],
  [146, notApplicable(ONE_WRITER)],
  [147, notApplicable(ONE_WRITER)],
  [148, departed('Only a quota refuses a creation, and it would refuse the rest too: they wait for room, without batches.')],
  [150, departed('The Pod is named by what all Pods of the DaemonSet have in common, so that one event counts all attempts.')],
  [152, notApplicable(IN_THE_CORE)],
  [154, notApplicable(IN_THE_CORE)],
  [
    156,
    departed(
      'Pods are bound when they are created: the node affinity that names the node leaves a scheduler nothing to decide.',
    ),
  ],
  [158, notApplicable('Pods carry the hash of their revision, so their labels are never empty.')],
  [181, departed('Another name is tried in the same sync, at most ten; the count goes into the status with each.')],
  [185, notApplicable('Manage and rolling update cannot fail, so the clean-up always follows.')],
  [217, departed('A node that is gone does not hold a rollout up; its Pods are left to garbage collection.')],
  [249, notApplicable(OWN_STORE)],
  [
    4,
    departed(
      'Progressing says how far a rollout has come and ReplicaFailure that a quota refuses Pods; the rollout policy has RolloutStalled, RolloutSkipsNodes and UnknownRolloutPolicy. Those of others are left as they are.',
    ),
  ],
  [
    57,
    departed(
      'A Pod that a node may still run stays until its agent says that nothing of it is left, also for a grace period of 0.',
    ),
  ],
  [196, departed('A node whose Pods have failed, with none available since, counts as nothing.')],
  [197, departed('Not on a node whose Pods have failed, with none available since.')],
  [198, departed('On a node whose Pods have failed, with none available since, a failed old Pod is left to the back-off and counts as nothing.')],
  [205, departed('The back-off holds once a Pod has failed there since the spec last changed.')],
  [207, departed('Not on a node whose Pods have failed, with none available since.')],
  [214, departed('Not on a node whose Pods have failed, with none available since.')],
  [
    269,
    departed('The message of a node that was shutting down says so, because it is off on purpose.'),
  ],
  [103, departed('A node with the label everynode.dev/exclude-daemonsets=true does not match either.')],
  [141, departed('One more event, FailingOnNode, says why Pods fail on a node and counts them.')],
  [
    177,
    departed(
      'A Pod that carries the hash of a revision of another template keeps it, so that it does not pass for updated.',
    ),
  ],
  [210, departed('With two Pods on the node, those that end included, the next one waits until one is gone.')],
  [213, departed('With two Pods on the node, those that end included, it is no candidate until one is gone.')],
  [
    259,
    departed(
      'Pods of a Node that is deleted go at once; the quarantine is for Pods bound to a node that was never there.',
    ),
  ],
  [273, departed('They are added at once, not at a rate per zone.')],
  [13, notApplicable('Names only; the rules that use them are tested.')],
  [7, measured('A rollingUpdate that is given with OnDelete is kept, and gets maxSurge 0.')],
  [10, measured('Pods, not templates, get hostPort, requests, service links and priority.')],
  [17, measured('Missing labels of the template are printed as null.')],
  [24, measured('The rule is not enforced: disks that are not read-only are taken.')],
  [
    26,
    measured('The bad value is printed with the internal field names, such as {"Type":"Random","RollingUpdate":null}.'),
  ],
  [29, measured('A text without % also counts as its number, so that "5" gives this one error and no other.')],
  [32, measured('A changed uid is refused with 409.')],
  [33, measured('This error stands before those of the rest of the spec.')],
  [54, measured('Data has to be a JSON object.')],
  [35, notApplicable('The server keeps the number itself, so no write can make it wrong.')],
  [
    261,
    notApplicable(
      'Pods of DaemonSets that are over are replaced, and with them they go; bare Pods that are over stay until they are deleted.',
    ),
  ],
  [
    265,
    departed(
      'Silence is noticed when the grace period ends, not at the next round of a loop. Agents beat every ten seconds; a node that an agent registered has one grace period from the start, and the startup grace is for Node objects that nobody reports on.',
    ),
  ],
  [274, departed('There are no zones: taints of lost nodes are not rationed.')],
  [275, departed('There are no zones: taints of lost nodes are not rationed.')],
  [
    276,
    departed(
      'Taints of lost nodes are set at once; Pods of DaemonSets tolerate them, and a fleet has no evictions to spread.',
    ),
  ],
  [277, departed('There are no zones, and so no state to leave.')],
  ...[300, 301, 303, 304, 306, 307, 308, 309, 310, 311, 312, 313, 322].map((rule): [number, RuleNote] => [
    rule,
    notApplicable(OTHERS),
  ]),
]);
