import type { EventLog } from '@everynode/event-log';

/** How one part of a fleet stands. */
export interface PartState {
  readonly name: string;
  readonly state: 'running' | 'waiting';
  readonly restarts: number;
}

/** A fleet on this machine, as processes of its own or within this one. */
export interface FleetHost {
  /** Address of the Kubernetes API. */
  readonly api: string;
  /** Address of the broker; undefined when the log is in memory. */
  readonly nats: string | undefined;
  /** Key of an operator at the broker, when it wants one. */
  readonly natsCreds?: string | undefined;
  /** Where other commands can read the log that is in memory; undefined with a broker. */
  readonly memory: string | undefined;
  /** Address of the broker's monitoring, when this host started it. */
  readonly monitor: string | undefined;
  /** Addresses of the health endpoints, by the names of the parts. */
  readonly health: Readonly<Record<string, string>>;
  /** A log of its own to read from, closed with the fleet. */
  openLog(): Promise<EventLog>;
  /** Starts what the first Pod does not need. */
  startRest(): Promise<void>;
  parts(): readonly PartState[];
  /** Stops everything in order, within a few seconds. */
  stop(): Promise<void>;
  /** Stops everything at once. */
  kill(): void;
}
