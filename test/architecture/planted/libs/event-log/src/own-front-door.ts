import { inner } from './index.ts';

export const ownFrontDoor = inner;
