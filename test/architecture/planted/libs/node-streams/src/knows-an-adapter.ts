import { inner } from '../../event-log-jetstream/src/index.ts';

export const knowsAnAdapter = inner;
