/** A WebSocket protocol by which one stream is read. */
export interface ReaderProtocol {
  /** As in `Sec-WebSocket-Protocol`; empty for clients that name none. */
  readonly name: string;
  /** Text messages of base64, for clients that cannot take binary ones. */
  readonly isBase64: boolean;
}

/** The protocols of `pods/log`. */
export const READER_PROTOCOLS: readonly ReaderProtocol[] = [
  { name: '', isBase64: false },
  { name: 'binary.k8s.io', isBase64: false },
  { name: 'base64.binary.k8s.io', isBase64: true },
];

/** The first protocol of the client's that is served; undefined when it names some and none is. */
export const chooseReaderProtocol = (named: readonly string[]): ReaderProtocol | undefined => {
  const offered = named.length === 0 ? [''] : named;
  return offered.map((name) => READER_PROTOCOLS.find((candidate) => candidate.name === name)).find((found) => found !== undefined);
};
