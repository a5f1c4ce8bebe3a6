import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** What all keys here are made of: small, quick to make, and known to every client. */
export const newPrivateKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

export const pemOfKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
