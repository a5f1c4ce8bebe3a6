/** What exec and attach over SPDY may have agreed on in `X-Stream-Protocol-Version`. */
export interface StreamProtocol {
  readonly name: string;
  /** The client opens a stream of terminal sizes when it has a terminal. */
  readonly hasResize: boolean;
  /** The end is told as a Status, not as a text. */
  readonly endsWithStatus: boolean;
}

const PROTOCOLS: readonly StreamProtocol[] = [
  { name: 'v5.channel.k8s.io', hasResize: true, endsWithStatus: true },
  { name: 'v4.channel.k8s.io', hasResize: true, endsWithStatus: true },
  { name: 'v3.channel.k8s.io', hasResize: true, endsWithStatus: false },
  { name: 'v2.channel.k8s.io', hasResize: false, endsWithStatus: false },
  { name: 'channel.k8s.io', hasResize: false, endsWithStatus: false },
];

/** The first protocol of the client's that is served; the oldest for clients that name none. Undefined when none is served. */
export const chooseStreamProtocol = (named: readonly string[]): StreamProtocol | undefined => {
  const offered = named.length === 0 ? ['channel.k8s.io'] : named;
  for (const name of offered) {
    const found = PROTOCOLS.find((candidate) => candidate.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
};
