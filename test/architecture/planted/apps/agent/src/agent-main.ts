import { inner } from '../../../libs/event-log/src/inner.ts';

export const agentMain = inner;
