import { agentMain } from '../../../apps/agent/src/agent-main.ts';

export const importsApp = agentMain;
