import { SAME_SIGNAL_MS } from '../connection/until-interrupted.ts';

/** Ctrl-C and requests to end: the first asks to stop, the second to stop at once. */
export interface Interruption {
  readonly first: Promise<void>;
  readonly second: Promise<void>;
  /** False once the first has come. */
  readonly isWanted: () => boolean;
  readonly ignore: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const listenForInterruption = (): Interruption => {
  let count = 0;
  const resolvers: (() => void)[] = [];
  const [first, second] = [0, 1].map((index) => new Promise<void>((resolve) => (resolvers[index] = resolve)));
  let lastAt = 0;
  const onSignal = (): void => {
    if (Date.now() - lastAt < SAME_SIGNAL_MS) return;
    lastAt = Date.now();
    resolvers[count]?.();
    count += 1;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    first: first ?? Promise.resolve(),
    second: second ?? Promise.resolve(),
    isWanted: () => count === 0,
    ignore: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
};
