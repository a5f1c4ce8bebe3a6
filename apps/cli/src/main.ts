import { runProgram } from './run-program.ts';
import { processTerminal } from './terminal/terminal.ts';

// A reader that has seen enough (`everynode events | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
  process.exit(1);
});

// The launcher was killed and can pass nothing on any more.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

process.exitCode = await runProgram(process.argv.slice(2), processTerminal());
