import { drawOf } from './draw.ts';

const PARTS = 8;

/** The name of one run of a container: of the form that container runtimes give, and the same whenever it is asked for. */
export const containerId = (uid: string, container: string, run: number): string => {
  const parts = Array.from({ length: PARTS }, (_, part) => drawOf('id', uid, `${container}/${run}/${part}`).toString(16).padStart(8, '0'));
  return `simulated://${parts.join('')}`;
};
