import { recordEvent } from '../fleet/record-event.ts';
import type { FleetState } from '../fleet/state.ts';
import { schedule } from '../kernel/delay-queue.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import { isEmptySelector } from '../placement/label-selector.ts';
import { cleanUpHistory } from '../revision/clean-up-history.ts';
import { syncHistory } from '../revision/sync-history.ts';
import { factsOf, nextAvailabilityAt, rollingPods } from '../rollout/node-facts.ts';
import { roll } from '../rollout/roll.ts';
import { emptyRollup, noteFacts, type Rollup } from '../rollout/rollup.ts';
import { carryOut, createPod, removePod } from './carry-out.ts';
import { claimAllPods, claimPodsOn } from './claim.ts';
import { canCreateIn, COMPONENT, daemonSetNow, type DaemonSetSync } from './daemon-set-sync.ts';
import { writeStatus } from './daemon-set-status.ts';
import { endFailures } from './end-failures.ts';
import { hasSteps, manageNode, NO_STEPS, type ManageContext, type NodeSteps } from './manage-node.ts';
import { markDaemonSet } from './mark-daemon-sets.ts';
import { allPictures, pictureOf, type NodePicture } from './node-picture.ts';
import { areSameRules, nodeRulesOf, type NodeRules } from './node-rules.ts';
import { settleRefusals } from './refused-creations.ts';
import { revisionToCreate } from './revision-to-create.ts';

/** What of a DaemonSet is to be looked at. */
export interface DaemonSetMark {
  readonly isWhole: boolean;
  readonly nodes: ReadonlySet<string>;
}

const SELECTING_ALL = 'This daemon set is selecting all pods. A non-empty selector is required.';

const takeOwnMarks = (state: FleetState, key: string): Iterable<string> => {
  const nodes = state.dirty.daemonSetNodes.get(key) ?? [];
  state.dirty.daemonSetNodes.delete(key);
  state.dirty.daemonSets.delete(key);
  return nodes;
};

/** Claims what belongs to the DaemonSet, settles its revisions and gives the nodes to look at; all of them when something changed that concerns all. */
const prepare = (sync: DaemonSetSync, daemonSet: DaemonSet, mark: DaemonSetMark): { readonly rollup: Rollup; readonly pictures: readonly NodePicture[] } => {
  const { state } = sync.decision;
  let rollup = state.rollups.get(sync.key);
  const names = new Set(mark.nodes);
  if (rollup === undefined || mark.isWhole) {
    claimAllPods(sync.decision, daemonSet);
    const { current, old } = syncHistory(sync, daemonSet);
    const rules = nodeRulesOf(daemonSet, current);
    const isNew = rollup === undefined || !areSameRules(rollup.rules, rules);
    if (rollup === undefined || isNew) {
      rollup = emptyRollup(rules);
      state.rollups.set(sync.key, rollup);
    }
    rollup.old = old;
    if (isNew) return { rollup, pictures: allPictures(state, rules) };
  } else for (const name of names) claimPodsOn(sync.decision, daemonSet, name);
  for (const name of takeOwnMarks(state, sync.key)) names.add(name);
  const { rules } = rollup;
  return { rollup, pictures: [...names].sort().map((name) => pictureOf(state, rules, name)) };
};

const wakeAt = (sync: DaemonSetSync, node: string, at: number | undefined): void => {
  if (at !== undefined) schedule(sync.decision.state.wakeups, `daemonset-node ${sync.key} ${node}`, at);
};

const note = (sync: DaemonSetSync, rollup: Rollup, seen: NodePicture, steps: NodeSteps): void => {
  const { now } = sync.decision;
  const picture = seen.isFailing ? endFailures(sync, rollup.rules, seen) : seen;
  if (steps.create === undefined) rollup.refused.delete(picture.name);
  noteFacts(rollup, picture.name, factsOf(rollup.rules, picture, now));
  wakeAt(sync, picture.name, steps.backoffUntil);
  if (picture.createFrom > now) wakeAt(sync, picture.name, picture.createFrom);
  if (picture.isFailing && picture.retryFrom > now) wakeAt(sync, picture.name, picture.retryFrom);
  wakeAt(sync, picture.name, nextAvailabilityAt(rollup.rules, picture, now));
};

/** Nothing is left to be done but a creation that was refused: that waits for room. */
const isRefused = (rollup: Rollup, name: string, { removals }: NodeSteps): boolean => removals.length === 0 && rollup.refused.has(name);

/** Nodes on which something was done are looked at again, so that the next step sees it; whatever is still to be done there waits for the next look. */
const noteAgain = (sync: DaemonSetSync, rollup: Rollup, names: Iterable<string>, context: ManageContext, pending: Set<string>): void => {
  for (const name of names) {
    const picture = pictureOf(sync.decision.state, rollup.rules, name);
    const steps = manageNode(rollup.rules, picture, context);
    note(sync, rollup, picture, steps);
    if (hasSteps(steps) && !isRefused(rollup, name, steps)) pending.add(name);
    else pending.delete(name);
  }
};

const noteOnly = (sync: DaemonSetSync, rollup: Rollup, pictures: readonly NodePicture[]): ReadonlySet<string> => {
  for (const picture of pictures) note(sync, rollup, picture, NO_STEPS);
  return new Set();
};

const rulesToCreate = (sync: DaemonSetSync, rollup: Rollup, node: string): NodeRules => {
  const revision = revisionToCreate(sync.decision.state, rollup, node);
  return revision === rollup.rules.revision ? rollup.rules : { ...rollup.rules, revision };
};

const manage = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup, pictures: readonly NodePicture[], context: ManageContext): string[] => {
  const touched: string[] = [];
  // The strict policy asks how much of the budget is used up before anything is created.
  if (rollup.rules.policy === 'strict') noteOnly(sync, rollup, pictures);
  for (const picture of pictures) {
    const steps = manageNode(rollup.rules, picture, context);
    if (hasSteps(steps)) {
      wakeAt(sync, picture.name, steps.backoffUntil);
      carryOut(sync, daemonSet, rulesToCreate(sync, rollup, picture.name), { node: picture.name, steps });
      touched.push(picture.name);
    } else note(sync, rollup, picture, steps);
  }
  return touched;
};

/** A candidate that was picked for nothing stays one. */
const bringBack = (rollup: Rollup, node: string): void => {
  const facts = rollup.facts.get(node) ?? 0;
  noteFacts(rollup, node, 0);
  noteFacts(rollup, node, facts);
};

const rollOn = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup): string[] => {
  const { rules } = rollup;
  const steps = roll(rollup, daemonSet.spec);
  for (const step of steps.create) createPod(sync, daemonSet, rules, step);
  const refused = steps.create.filter(({ node }) => rollup.refused.has(node));
  for (const { node } of refused) bringBack(rollup, node);
  for (const { node, reason, cause } of steps.remove) {
    const { oldPod } = rollingPods(rules, pictureOf(sync.decision.state, rules, node));
    if (oldPod !== undefined) removePod(sync, daemonSet, node, { pod: oldPod, cause, reason });
  }
  return [...steps.create.filter((step) => !refused.includes(step)), ...steps.remove].map((step) => step.node);
};

/** Manage, rolling update and clean-up; gives the nodes on which something is still to be done. */
const act = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup, pictures: readonly NodePicture[]): ReadonlySet<string> => {
  const { state, now } = sync.decision;
  const context: ManageContext = { now, backoffs: state.backoffs, canCreate: canCreateIn(state, daemonSet.metadata.namespace) };
  const pending = new Set<string>();
  noteAgain(sync, rollup, manage(sync, daemonSet, rollup, pictures, context), context, pending);
  if (context.canCreate) noteAgain(sync, rollup, rollOn(sync, daemonSet, rollup), context, pending);
  rollup.old = cleanUpHistory(sync, daemonSet, rollup);
  return pending;
};

/** One sync of one DaemonSet (DS-86 … DS-95): revisions, manage, rolling update, clean-up, status, each seeing what the one before did. */
export const syncDaemonSet = (sync: DaemonSetSync, mark: DaemonSetMark): void => {
  const { decision, key } = sync;
  const { state } = decision;
  const daemonSet = daemonSetNow(state, key);
  if (daemonSet === undefined || daemonSet.metadata.deletionTimestamp !== undefined) {
    state.rollups.delete(key);
    return;
  }
  if (isEmptySelector(daemonSet.spec.selector)) {
    if (mark.isWhole) recordEvent(decision, daemonSet, { severity: 'Warning', reason: 'SelectingAll', message: SELECTING_ALL, component: COMPONENT });
    return;
  }
  const { rollup, pictures } = prepare(sync, daemonSet, mark);
  // Without a revision there is nothing to make Pods from, nor to tell old from new; the counters are kept all the same.
  const pending = rollup.rules.revision === '' ? noteOnly(sync, rollup, pictures) : act(sync, daemonSet, rollup, pictures);
  settleRefusals(sync, rollup);
  writeStatus(sync, daemonSetNow(state, key) ?? daemonSet, rollup);
  takeOwnMarks(state, key);
  for (const name of pending) markDaemonSet(state, key, name);
};
