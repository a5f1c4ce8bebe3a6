import type { AgentMessage, KubeletAction } from './kubelet-messages.ts';
import type { StoreChange } from './node-record.ts';
import type { RuntimeRequest } from './runtime.ts';

/** Collects what one message leads to, and gives it back in the order in which it has to be carried out. */
export class Outbox {
  readonly changes: StoreChange[] = [];
  readonly requests: RuntimeRequest[] = [];
  readonly resync: string[] = [];
  private readonly sends: KubeletAction[] = [];
  private readonly notices: KubeletAction[] = [];

  send(id: number, message: AgentMessage): void {
    this.sends.push({ type: 'send', id, message });
  }

  notice(level: 'info' | 'warn', node: string, text: string): void {
    this.notices.push({ type: 'notice', level, node, text });
  }

  actions(): readonly KubeletAction[] {
    const actions: KubeletAction[] = [];
    if (this.changes.length > 0) actions.push({ type: 'persist', changes: this.changes });
    if (this.requests.length > 0) actions.push({ type: 'runtime', requests: this.requests });
    actions.push(...this.sends);
    if (this.resync.length > 0) actions.push({ type: 'resync', nodes: this.resync });
    actions.push(...this.notices);
    return actions;
  }
}
