import { readFileSync } from 'node:fs';

/** The certificate of the API's authority, in PEM; undefined when no file is named. Throws an Error that names the option when the file is none. */
export const rootCertificateOf = ({ rootCaFile }: { readonly rootCaFile?: string }): string | undefined => {
  if (rootCaFile === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(rootCaFile, 'utf8');
  } catch (error) {
    throw new Error(`--root-ca-file: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`--root-ca-file: ${rootCaFile} holds no certificate`);
  return text;
};
