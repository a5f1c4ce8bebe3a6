import { nothing } from './is-not-there.ts';

export const unresolvable = nothing;
