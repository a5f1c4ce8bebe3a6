/** Which of the controllers a process stands in for, of those that kube-controller-manager has. */
export interface ControllerSelection {
  /** False leaves DaemonSets to another controller that writes through the API. */
  readonly daemonSets: boolean;
}

export const ALL_CONTROLLERS: ControllerSelection = { daemonSets: true };

/** Upstream's name, and the one that it had before 1.28. */
const DAEMONSET_NAMES: ReadonlySet<string> = new Set(['daemonset-controller', 'daemonset']);

/**
 * Reads `--controllers` as kube-controller-manager does: a comma-separated list in which `*` stands for all and `-name` leaves one off. Only the
 * DaemonSet controller can be left off; a string says what is wrong with the list.
 */
export const parseControllers = (text: string): ControllerSelection | string => {
  const entries = text.split(',').map((entry) => entry.trim());
  if (!entries.includes('*')) return "the list must have '*': the other controllers keep nodes, Pods and namespaces, and cannot be left off.";
  let isLeftOff = false;
  for (const entry of entries) {
    const name = entry.replace(/^-/, '');
    if (entry !== '*' && !DAEMONSET_NAMES.has(name)) return `"${entry}" is not one that can be chosen; only "daemonset-controller" can, or "-daemonset-controller" to leave it off.`;
    if (entry !== '*' && entry !== name) isLeftOff = true;
  }
  if (isLeftOff && entries.some((entry) => DAEMONSET_NAMES.has(entry))) return 'the DaemonSet controller is both named and left off.';
  return { daemonSets: !isLeftOff };
};

/** The list as it is shown: in the names of today. */
export const controllersText = ({ daemonSets }: ControllerSelection): string => (daemonSets ? '*' : '*,-daemonset-controller');
