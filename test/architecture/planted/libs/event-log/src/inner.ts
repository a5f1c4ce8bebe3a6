import { usesNest } from '../../node-runtime/src/uses-nest.ts';

export const inner = usesNest;
