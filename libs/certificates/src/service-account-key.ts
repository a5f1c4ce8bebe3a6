import { createPrivateKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { CertificateFolderError } from './certificate-folder-error.ts';
import { keptFile } from './kept-file.ts';
import { newPrivateKey, pemOfKey } from './private-key.ts';

const PRIVATE_FILE = 0o600;

/** The key that signs the tokens of service accounts: `sa.key` of the folder, made when it is missing. Throws CertificateFolderError. */
export const serviceAccountKey = async (folder: string): Promise<KeyObject> => {
  const path = join(folder, 'sa.key');
  const pem = await keptFile(path, PRIVATE_FILE, async () => pemOfKey(newPrivateKey()));
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CertificateFolderError(`${path} holds no private key (${error instanceof Error ? error.message : String(error)})`);
  }
};
