import type { FleetView } from '../fleet/fleet-view.ts';
import type { Headers } from '../http/answer.ts';
import type { Reader } from './reader.ts';

/** What reads and watches of one request are answered from: the present, or a moment of the past. */
export interface ReadSource {
  readonly view: FleetView;
  readonly reader: Reader;
  /** The time from which ages are counted, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Of every answer that is made from it. */
  readonly headers: Headers;
  /** True for the past: no more will happen, so a watch that names no time ends when it has said everything. */
  readonly isPast: boolean;
}
