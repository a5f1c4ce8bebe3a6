/** A file of the folder that cannot be used; the message names it and says what to do. */
export class CertificateFolderError extends Error {
  override readonly name = 'CertificateFolderError';
}

export const isCertificateFolderError = (error: unknown): error is CertificateFolderError => error instanceof CertificateFolderError;
