import type { CommandStore, Subscription } from '../message-bus.port.ts';

type OnCommand = (node: string, payload: string) => void;

/** Command sets in memory; share one instance between the controller and the agents of a process. Holds one set a node. */
export class InMemoryCommandStore implements CommandStore {
  readonly #lastByNode = new Map<string, string>();
  readonly #listenersByNode = new Map<string, Set<OnCommand>>();

  async put(node: string, payload: string): Promise<boolean> {
    this.#lastByNode.set(node, payload);
    if (this.#listenersByNode.has(node)) setImmediate(() => this.#deliver(node, payload));
    return true;
  }

  async last(node: string): Promise<string | undefined> {
    return this.#lastByNode.get(node);
  }

  subscribe(nodes: readonly string[], onCommand: OnCommand): Subscription {
    // Wrapped, so that one callback may be subscribed twice and each subscription ends alone.
    const listener: OnCommand = (node, payload) => onCommand(node, payload);
    for (const node of nodes) {
      const listeners = this.#listenersByNode.get(node) ?? new Set();
      this.#listenersByNode.set(node, listeners.add(listener));
    }
    return { unsubscribe: () => this.#unsubscribe(nodes, listener) };
  }

  #deliver(node: string, payload: string): void {
    for (const listener of this.#listenersByNode.get(node) ?? []) listener(node, payload);
  }

  #unsubscribe(nodes: readonly string[], listener: OnCommand): void {
    for (const node of nodes) {
      const listeners = this.#listenersByNode.get(node);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#listenersByNode.delete(node);
    }
  }
}
