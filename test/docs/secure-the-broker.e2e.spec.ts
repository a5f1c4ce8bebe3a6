// The commands of the how-to, in its order, against a fleet of its own. A command that is not known here fails the test.
import { followDocument, type Says } from './follow-document.ts';
import { Reader } from './reader.ts';

const UP = 'npx everynode up --broker-users .everynode/broker-users &';

/** Exit code and output of each command, in the order of the document. */
const SAYS: readonly Says[] = [
  ['npx everynode events --limit 3', 0, /fluentd/],
  ['npx everynode doctor', 0, /, 0 failed$/m],
  ['npx everynode broker-users --agent rack-1 --agent rack-2 --dir users', 0, /users\/agent-rack-1\.nk +agent rack-1\nusers\/agent-rack-2\.nk +agent rack-2\n[^]*users\/authorization\.conf/],
  ['npx everynode broker-users --agent rack-3 --dir users', 0, /agent rack-1\n.*agent rack-2\n.*agent rack-3\n/],
];

const reader = new Reader('broker');

followDocument('docs/how-to/secure-the-broker.md', { reader, up: UP, start: async () => reader.startFleet('--broker-users', '.everynode/broker-users'), says: SAYS });
