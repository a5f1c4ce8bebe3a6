import { parse } from 'yaml';

export const reachesOutside = parse;
