import { agentMain } from '../../agent/src/agent-main.ts';

export const importsAgent = agentMain;
