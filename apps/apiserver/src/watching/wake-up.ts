/** Lets one waiter sleep until something has happened since it last looked. */
export class WakeUp {
  private resolve: (() => void) | undefined;
  private isDue = false;

  wake(): void {
    this.isDue = true;
    this.resolve?.();
  }

  async wait(): Promise<void> {
    if (!this.isDue) {
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
      });
    }
    this.resolve = undefined;
    this.isDue = false;
  }
}
