import { SUBJECT_ROOT } from '@everynode/contracts';

/**
 * Names of one cell on the broker. The cell without a name uses the subjects as `@everynode/contracts` spells them;
 * a named one has its own streams and its own first token, so that several cells share a broker without seeing each other.
 */
export interface Cell {
  readonly streams: {
    readonly events: string;
    readonly commands: string;
    readonly deadLetters: string;
    readonly snapshots: string;
  };
  readonly leaseBucket: string;
  /** The subject or pattern on the broker for one of `@everynode/contracts`; others stay as they are. */
  toBroker(subject: string): string;
  fromBroker(subject: string): string;
}

/** Throws a RangeError for a name that is not made of 1 to 63 lower-case letters, digits and `-`. */
export const cellNamed = (name: string | undefined): Cell => {
  if (name !== undefined && !/^[a-z0-9-]{1,63}$/.test(name)) {
    throw new RangeError(`cell: ${JSON.stringify(name)} is not made of 1 to 63 lower-case letters, digits and "-"`);
  }
  const suffix = name === undefined ? '' : `-${name}`;
  const [own, standard] = [`${SUBJECT_ROOT.replace('.', `${suffix}.`)}.`, `${SUBJECT_ROOT}.`];
  const exchange = (subject: string, from: string, to: string): string =>
    from !== to && subject.startsWith(from) ? to + subject.slice(from.length) : subject;
  return {
    streams: {
      events: `EVENTS${suffix}`,
      commands: `COMMANDS${suffix}`,
      deadLetters: `DEADLETTER${suffix}`,
      snapshots: `SNAPSHOTS${suffix}`,
    },
    leaseBucket: `everynode-lease${suffix}`,
    toBroker: (subject) => exchange(subject, standard, own),
    fromBroker: (subject) => exchange(subject, own, standard),
  };
};
