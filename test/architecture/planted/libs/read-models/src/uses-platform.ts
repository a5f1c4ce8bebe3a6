import { readFileSync } from 'node:fs';

export const usesPlatform = readFileSync;
