/** One command line of kubectl and what it has to give. Cases run in order: later ones use what earlier ones have made. */
export interface KubectlCase {
  /** What the case shows, as the title of its test. */
  readonly shows: string;
  /** Without `kubectl`; single quotes keep words together. Files are relative to `test/conformance/kubectl`. */
  readonly command: string;
  /** Found in stdout followed by stderr. */
  readonly expect: RegExp;
  /** 0 unless said otherwise. */
  readonly exitCode?: number | 'any';
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** First minor version of kubectl that knows the command. */
  readonly since?: number;
}

/** The words of a command line. */
export const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
