import { nameInSubject, SUBJECT_PATTERNS } from '@everynode/contracts';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const LOOK_EVERY_MS = 100;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What a controller says of itself once a second. */
export interface Presence {
  readonly holder: string;
  readonly role: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly detail: string;
  /** Controllers that it runs when it leads, in the spelling of its option `--controllers`. */
  readonly controllers?: string;
  /** Silence after which it takes a node for lost, milliseconds. */
  readonly gracePeriodMs?: number;
}

export interface Heard {
  /** The last that each controller said. */
  readonly controllers: readonly Presence[];
  /** Messages from agents that were heard: heartbeats by agent name. */
  readonly agents: readonly string[];
}

/** Listens to what controllers and agents say by themselves, for `forMs` and then up to `moreMs` longer as long as `isEnough` is false. */
export const listen = async (
  bus: FleetAccess['bus'],
  forMs: number,
  more: { readonly moreMs: number; readonly isEnough: (heard: Heard) => boolean } = { moreMs: 0, isEnough: () => true },
): Promise<Heard> => {
  const controllers = new Map<string, Presence>();
  const agents = new Set<string>();
  const heard = (): Heard => ({ controllers: [...controllers.values()], agents: [...agents].sort() });
  const subscriptions = [
    bus.subscribe(SUBJECT_PATTERNS.presence, ({ payload }) => {
      const presence = JSON.parse(payload) as Presence;
      controllers.set(presence.holder, presence);
    }),
    bus.subscribe(SUBJECT_PATTERNS.heartbeats, ({ subject }) => {
      const agent = nameInSubject('hb', subject);
      if (agent !== undefined) agents.add(agent);
    }),
  ];
  await sleep(forMs);
  for (const deadline = Date.now() + more.moreMs; Date.now() < deadline && !more.isEnough(heard());)
    await sleep(LOOK_EVERY_MS);
  for (const subscription of subscriptions) subscription.unsubscribe();
  return heard();
};

const ALL_CONTROLLERS = '*';

/** Who keeps the DaemonSets, where that is not everybody who may lead. */
const daemonSetFindings = (controllers: readonly Presence[]): readonly Finding[] => {
  const leaving = controllers.filter((presence) => (presence.controllers ?? ALL_CONTROLLERS) !== ALL_CONTROLLERS);
  if (leaving.length === 0) return [];
  if (leaving.length === controllers.length)
    return [ok('daemonsets', 'left to another controller: the one that writes through the API has to run')];
  const names = leaving.map(({ holder }) => holder).join(', ');
  return [
    warn(
      'daemonsets',
      `${names} leave DaemonSets to another controller, the others do not: who keeps them changes with the leader`,
      'start all controllers with the same --controllers',
    ),
  ];
};

/** Records that a standby may be behind without being slow. */
const BEHIND_MAX = 1000;

export const controllerFindings = (controllers: readonly Presence[], lastSequence: number): readonly Finding[] => {
  const leaders = controllers.filter(({ role }) => role === 'leader');
  const halted = controllers.filter(({ role }) => role === 'halted');
  const standbys = controllers.filter(({ role }) => role === 'standby' || role === 'candidate');
  const behind = controllers.filter(({ sequence }) => lastSequence - sequence > BEHIND_MAX);
  const [leader] = [...leaders].sort((left, right) => right.epoch - left.epoch);
  return [
    ...halted.map(({ holder, detail }) =>
      fail(
        'controllers',
        `${holder} has halted: ${detail}`,
        'the log is not the one that it knows; find out what happened to the broker, restore it, and start the controllers again',
      ),
    ),
    leader === undefined
      ? fail(
          'leader',
          controllers.length === 0 ? 'no controller says anything' : 'no controller leads',
          'start one: "everynode controller --nats URL"; a dead leader is replaced within seconds when another runs',
        )
      : ok('leader', `${leader.holder} leads in epoch ${leader.epoch}, at record ${leader.sequence}`),
    ...(leaders.length > 1
      ? [
          warn(
            'leader',
            `${leaders.length} controllers think that they lead; only the one of epoch ${leader?.epoch ?? '?'} can write`,
            'wait a few seconds: the others notice at their next write',
          ),
        ]
      : []),
    standbys.length === 0
      ? warn(
          'standbys',
          'no controller stands by',
          'start a second one, so that the fleet goes on when the leader dies',
        )
      : ok('standbys', standbys.map(({ holder }) => holder).join(', ')),
    ...daemonSetFindings(controllers),
    ...behind.map(({ holder, sequence }) =>
      warn(
        'controllers',
        `${holder} is ${lastSequence - sequence} records behind`,
        'see whether its machine is busy, or its log for errors',
      ),
    ),
  ];
};
