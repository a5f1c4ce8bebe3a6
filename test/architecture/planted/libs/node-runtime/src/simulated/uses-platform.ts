import { setTimeout } from 'node:timers';

export const usesPlatform = setTimeout;
