/** Ctrl-C may arrive twice: from the terminal, and passed on by the launcher. What comes within this time after the first is the same one. */
export const SAME_SIGNAL_MS = 500;

/** Resolves with Ctrl-C or a request to end; a later one ends the process at once, as it does by default. */
export const untilInterrupted = (): Promise<void> =>
  new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM'] as const;
    const onSignal = (): void => {
      resolve();
      setTimeout(() => {
        for (const signal of signals) process.off(signal, onSignal);
      }, SAME_SIGNAL_MS).unref();
    };
    for (const signal of signals) process.on(signal, onSignal);
  });
