import type { Cell } from '../cell.ts';
import { roleText, type BrokerRole } from './broker-role.ts';
import { permissionsOf } from './role-permissions.ts';

/** A user of the broker, known by the public half of its key. */
export interface BrokerUser {
  readonly role: BrokerRole;
  /** `U…` */
  readonly publicKey: string;
}

const list = (subjects: readonly string[]): string => `[${subjects.map((subject) => JSON.stringify(subject)).join(', ')}]`;

const userLines = ({ role, publicKey }: BrokerUser, cell: Cell): readonly string[] => {
  const { publish, subscribe } = permissionsOf(role, cell);
  return [
    `    # ${roleText(role)}`,
    `    {`,
    `      nkey: ${publicKey}`,
    `      permissions: {`,
    `        publish: { allow: ${list(publish)} }`,
    `        subscribe: { allow: ${list(subscribe)} }`,
    `        allow_responses: true`,
    `      }`,
    `    }`,
  ];
};

/** The `authorization` block of a nats-server configuration that knows these users and nobody else. It holds no secret. */
export const authorizationConfig = (users: readonly BrokerUser[], cell: Cell): string =>
  ['authorization {', '  users: [', ...users.flatMap((user) => userLines(user, cell)), '  ]', '}', ''].join('\n');
