import { join, resolve } from 'node:path';

/** Where the authority of a fleet is in its data folder. */
export const tlsFolder = (dataDir: string): string => join(resolve(dataDir), 'tls');
