import { readFileSync, writeFileSync } from 'node:fs';
import { nkeys } from '@nats-io/nats-core';

/** The public half of the key in a file; the file is made, for its owner's eyes only, when there is none. Throws what reading and writing throw, and an Error that names a file with something else in it. */
export const publicKeyIn = (file: string): string => {
  try {
    writeFileSync(file, `${new TextDecoder().decode(nkeys.createUser().getSeed())}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const seed = new TextEncoder().encode(readFileSync(file, 'utf8').trim());
  try {
    return nkeys.fromSeed(seed).getPublicKey();
  } catch (error) {
    throw new Error(`${file} holds no key of a user of the broker; delete it to get a new one`, { cause: error });
  }
};
