import type { FleetState } from '@everynode/core';
import type { LoggedEvent } from '../../events/event-line.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { changeLines } from './change-lines.ts';
import { cutToWidth } from './cut-to-width.ts';
import { fleetScreen } from './fleet-screen.ts';

const REDRAW_MS = 200;
/** Without any change: a screen may have been resized, and a process that waits says so. */
const IDLE_REDRAW_MS = 1000;
/** Drawing takes at most this share of the time, however large the fleet. */
const DRAWING_SHARE = 0.05;

/** What `up` shows: on a screen one picture that is drawn again in place, elsewhere one line for every change. Lines of news stand above the picture. */
export class LiveView {
  private readonly terminal: Terminal;
  private readonly footer: () => readonly string[];
  private state: FleetState | undefined;
  private drawnLines = 0;
  private timer: NodeJS.Timeout | undefined;
  private timerAt = 0;
  private notBefore = 0;
  private isClosed = false;

  /** `footer`: lines under the picture. */
  constructor(terminal: Terminal, footer: () => readonly string[]) {
    this.terminal = terminal;
    this.footer = footer;
  }

  /** Prints lines that stay. */
  say(text: string): void {
    this.erase();
    this.terminal.out(text.endsWith('\n') ? text : `${text}\n`);
    this.draw();
  }

  /** Shows the state from now on. */
  show(state: FleetState): void {
    this.state = state;
    this.drawSoon();
  }

  onEvents(events: readonly LoggedEvent[]): void {
    if (this.terminal.isScreen) this.drawSoon();
    else this.terminal.out(changeLines(events));
  }

  /** Ends with a last picture of how things are. */
  close(): void {
    clearTimeout(this.timer);
    this.draw();
    this.isClosed = true;
    this.drawnLines = 0;
  }

  private drawSoon(afterMs = REDRAW_MS): void {
    if (!this.terminal.isScreen || this.isClosed || this.state === undefined) return;
    const at = Math.max(Date.now() + afterMs, this.notBefore);
    if (this.timer !== undefined && this.timerAt <= at) return;
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const startedAt = performance.now();
      this.draw();
      this.notBefore = Date.now() + (performance.now() - startedAt) / DRAWING_SHARE;
      this.drawSoon(IDLE_REDRAW_MS);
    }, at - Date.now());
  }

  private draw(): void {
    if (!this.terminal.isScreen || this.state === undefined || this.isClosed) return;
    const { columns, rows } = this.terminal.size();
    const footer = this.footer();
    const lines = [
      ...fleetScreen(this.state, { columns, rows: rows - footer.length }, this.terminal.colours),
      ...footer,
    ];
    this.erase();
    this.terminal.out(lines.map((line) => `${cutToWidth(line, columns)}\n`).join(''));
    this.drawnLines = lines.length;
  }

  private erase(): void {
    if (this.drawnLines > 0) this.terminal.out(`\u001B[${this.drawnLines}A\r\u001B[J`);
    this.drawnLines = 0;
  }
}
