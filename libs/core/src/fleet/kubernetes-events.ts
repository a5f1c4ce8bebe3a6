import type { FleetEvent } from '../event/fleet-event.ts';
import { LIMITS } from '../kernel/limits.ts';
import { toRfc3339 } from '../kernel/time.ts';
import { putObject, removeObject } from './object-table.ts';
import { keyOf, objectsOf, type EventBudget, type FleetState } from './state.ts';

const BURST = 25;
const REFILL_MS = 5 * 60_000;

const budgetKey = (component: string, uid: string): string => `${component}/${uid}`;

/** What is left of the budget at `at`: 25 events at once about one object by one component, one more every five minutes (client-go's spam filter). */
export const eventBudgetAt = (state: FleetState, source: { readonly component: string; readonly uid: string }, at: number): EventBudget => {
  const budget = state.eventBudgets.get(budgetKey(source.component, source.uid));
  if (budget === undefined) return { tokens: BURST, at };
  const refilled = Math.floor((at - budget.at) / REFILL_MS);
  const tokens = Math.min(BURST, budget.tokens + refilled);
  return { tokens, at: tokens === BURST ? at : budget.at + refilled * REFILL_MS };
};

const spendEventBudget = (state: FleetState, source: { readonly component: string; readonly uid: string }, at: number): void => {
  const key = budgetKey(source.component, source.uid);
  const { tokens, at: since } = eventBudgetAt(state, source, at);
  state.eventBudgets.delete(key);
  state.eventBudgets.set(key, { tokens: Math.max(0, tokens - 1), at: since });
  if (state.eventBudgets.size <= LIMITS.eventBudgetsMax) return;
  const oldest = state.eventBudgets.keys().next();
  if (oldest.done !== true) state.eventBudgets.delete(oldest.value);
};

/**
 * Folds an event that a controller recorded into a Kubernetes object of kind Event. The event's name is the identity: recording it again raises its count.
 * The oldest ones go when there are too many, so the table is bounded.
 */
export const recordKubernetesEvent = (
  state: FleetState,
  event: Extract<FleetEvent, { type: 'event.recorded.v1' }>,
  position: { readonly sequence: number; readonly at: number },
): void => {
  const key = keyOf(event.namespace, event.name);
  const before = objectsOf(state, 'events').get(key);
  const now = toRfc3339(position.at);
  spendEventBudget(state, { component: event.component, uid: event.involved.uid }, position.at);
  const count = typeof before?.['count'] === 'number' ? before['count'] + 1 : 1;
  putObject(
    state,
    'events',
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: before?.metadata ?? { name: event.name, namespace: event.namespace, uid: event.uid, creationTimestamp: now },
      involvedObject: event.involved,
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      firstTimestamp: before?.['firstTimestamp'] ?? now,
      lastTimestamp: now,
      count,
      type: event.severity,
      eventTime: null,
      reportingComponent: event.component,
      reportingInstance: '',
    },
    position.sequence,
  );
  const table = objectsOf(state, 'events');
  if (table.size <= LIMITS.eventsMax) return;
  const oldest = table.keys().next();
  if (oldest.done !== true) removeObject(state, 'events', oldest.value);
};
