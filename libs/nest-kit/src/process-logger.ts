import { isatty } from 'node:tty';
import { ConsoleLogger } from '@nestjs/common';

/** Nest's own errors and warnings, with colours on a terminal only. */
export const processLogger = (): ConsoleLogger => new ConsoleLogger({ logLevels: ['error', 'warn'], colors: isatty(process.stderr.fd) });
