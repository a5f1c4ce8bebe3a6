import type { ApiWrite, WriteAnswer } from '@everynode/core';
import type { World } from '../world/world.ts';

const RETRY_MS = 1_000;

/** A user whose writes are sent again under the same id until somebody answers, as the API server does. */
export class Client {
  readonly name = 'client';
  /** Writes that were answered, by HTTP code. */
  readonly answers = new Map<number, number>();
  private readonly world: World;
  private readonly open = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  get openWrites(): number {
    return this.open.size;
  }

  send(write: ApiWrite): void {
    this.world.note(`client ${write.verb} ${write.resource} ${write.name ?? ''} ${JSON.stringify(write.body ?? null)}`);
    this.open.add(write.id);
    this.attempt(write);
  }

  private attempt(write: ApiWrite): void {
    if (!this.open.has(write.id)) return;
    this.world.request(this.name, { type: 'WriteObject', write }, (payload) => {
      if (!this.open.delete(write.id)) return;
      const { code } = JSON.parse(payload) as WriteAnswer;
      this.answers.set(code, (this.answers.get(code) ?? 0) + 1);
      this.world.note(`client answered ${code}`);
    });
    this.world.schedule.after(RETRY_MS, () => this.attempt(write));
  }
}
