/** How an API server is reached; what is PEM is undefined for plain HTTP. */
export interface ApiAccess {
  readonly url: string;
  /** Whose server certificates are believed. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
