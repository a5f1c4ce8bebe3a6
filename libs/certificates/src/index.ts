export { openAuthority } from './authority.ts';
export type { Authority, ClientSubject, IssuedCertificate, ServerNames } from './authority.ts';
export { isCertificateFolderError } from './certificate-folder-error.ts';
export { serviceAccountKey } from './service-account-key.ts';
