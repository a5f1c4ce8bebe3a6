/** Every maximum of the core in one place. Counts unless the name says otherwise. */
export const LIMITS = {
  /** Events in one record of the log; a larger decision becomes several records, each of which leaves a valid state. */
  eventsPerRecordMax: 2_000,
  /** Bytes (UTF-8) in one record; below the 1 MiB payload that a NATS server takes by default. */
  recordBytesMax: 900_000,
  /** Bytes (UTF-8) of one object that is written through the API; it has to fit into a record. */
  objectBytesMax: 512 * 1024,
  /** Appends that may be under way at once. */
  appendsInFlightMax: 64,
  /** Inputs that may wait for a decision; more are refused and sent again by whoever sent them. */
  inputsWaitingMax: 20_000,
  /** Nodes and Pods that one decision takes in; the rest waits for the next, so that a leader never goes silent for as long as its lease lasts. */
  itemsPerDecisionMax: 4_000,
  /** Answers to API writes that are remembered, so that a repeated request gets the same answer. */
  answersRememberedMax: 10_000,
  /** Kubernetes events kept per involved object. */
  eventsPerObjectMax: 50,
  /** Kubernetes events kept in all. */
  eventsMax: 20_000,
  /** Objects whose budget of Kubernetes events is remembered; the one that was quiet the longest is forgotten, which gives it a full budget. */
  eventBudgetsMax: 20_000,
  nodesPerAgentMax: 20_000,
  podsPerNodeMax: 250,
  /** Taints that an agent may add to its node. */
  taintsPerNodeMax: 100,
} as const;
