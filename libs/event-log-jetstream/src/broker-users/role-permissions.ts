import {
  SESSION_PATTERNS,
  SUBJECT_PATTERNS,
  USAGE_REQUEST_SUBJECT,
  heartbeatSubject,
  registrationSubject,
  reportSubject,
  usageSubject,
} from '@everynode/contracts';
import type { Cell } from '../cell.ts';
import { inboxOf, type BrokerRole } from './broker-role.ts';

/** Subjects that a user of the broker may publish on and listen to. Answers to what it was asked are allowed besides. */
export interface RolePermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const READING = ['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET'];
const FOLLOWING = ['CONSUMER.CREATE', 'CONSUMER.INFO', 'CONSUMER.MSG.NEXT', 'CONSUMER.DELETE'];

/** Requests to JetStream: to look at every stream, to make one that is missing, and to follow the log. */
const looking = ({ streams, leaseBucket }: Cell): readonly string[] => [
  '$JS.API.INFO',
  ...[...Object.values(streams), `KV_${leaseBucket}`].flatMap((stream) => [...READING, 'STREAM.CREATE'].flatMap((request) => [`$JS.API.${request}.${stream}`, `$JS.API.${request}.${stream}.>`])),
  ...FOLLOWING.flatMap((request) => [`$JS.API.${request}.${streams.events}`, `$JS.API.${request}.${streams.events}.>`]),
];

/**
 * What each role needs, and no more: only controllers write the log, the commands and the lease; only API servers and operators ask for writes;
 * an agent speaks for itself alone. Subjects are those of the cell.
 */
export const permissionsOf = (role: BrokerRole, cell: Cell): RolePermissions => {
  const inbox = `${inboxOf(role)}.>`;
  const own = (subjects: readonly string[]): readonly string[] => subjects.map((subject) => cell.toBroker(subject));
  switch (role.kind) {
    case 'controller':
      return {
        publish: [...own([SUBJECT_PATTERNS.everything]), '$JS.API.>', `$KV.${cell.leaseBucket}.>`],
        subscribe: [...own([SUBJECT_PATTERNS.everything]), inbox],
      };
    case 'apiserver':
      return {
        publish: [...own([SUBJECT_PATTERNS.requests, SUBJECT_PATTERNS.sessions, SESSION_PATTERNS.up, SUBJECT_PATTERNS.asked]), ...looking(cell)],
        subscribe: [...own([SESSION_PATTERNS.down, SUBJECT_PATTERNS.usage, SUBJECT_PATTERNS.presence]), inbox],
      };
    case 'operator':
      return {
        publish: [
          // Messages that were refused are sent again under the subject that they came with.
          ...own([SUBJECT_PATTERNS.requests, SUBJECT_PATTERNS.registrations, SUBJECT_PATTERNS.heartbeats, SUBJECT_PATTERNS.reports]),
          ...own([SUBJECT_PATTERNS.asked, SUBJECT_PATTERNS.nodes, SUBJECT_PATTERNS.lab]),
          ...looking(cell),
          `$JS.API.STREAM.MSG.DELETE.${cell.streams.deadLetters}`,
        ],
        subscribe: [...own([SUBJECT_PATTERNS.everything]), inbox],
      };
    case 'agent':
      return {
        publish: [
          ...own([registrationSubject(role.name), heartbeatSubject(role.name), reportSubject(role.name), usageSubject(role.name), SESSION_PATTERNS.down]),
          `$JS.API.STREAM.MSG.GET.${cell.streams.commands}`,
        ],
        subscribe: [...own([SUBJECT_PATTERNS.deliveries, SUBJECT_PATTERNS.nodes, SUBJECT_PATTERNS.sessions, SESSION_PATTERNS.up, USAGE_REQUEST_SUBJECT, SUBJECT_PATTERNS.lab]), inbox],
      };
  }
};
