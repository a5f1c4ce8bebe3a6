import { encodeToken } from '@everynode/contracts';

/** What a client of the broker is: its subjects follow from it. An operator is a person at the command line. */
export type BrokerRole = { readonly kind: 'controller' | 'apiserver' | 'operator' } | { readonly kind: 'agent'; readonly name: string };

/** First tokens of the subjects on which it gets answers; nobody but itself may listen there. */
export const inboxOf = (role: BrokerRole): string => (role.kind === 'agent' ? `_INBOX.agent.${encodeToken(role.name)}` : `_INBOX.${role.kind}`);

/** The role as a word or two, e.g. `agent rack-1`. */
export const roleText = (role: BrokerRole): string => (role.kind === 'agent' ? `agent ${role.name}` : role.kind);
