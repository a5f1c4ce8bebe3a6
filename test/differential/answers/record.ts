// Asks any API server and writes what it answers: node record.ts --server URL --token TOKEN --out recorded.json (NODE_TLS_REJECT_UNAUTHORIZED=0 for a server with a certificate of its own)
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { askAll } from './ask.ts';

const { values } = parseArgs({ options: { server: { type: 'string' }, token: { type: 'string' }, out: { type: 'string' } } });
if (values.server === undefined || values.out === undefined) throw new Error('--server and --out are needed');
const pictures = await askAll(values.server, values.token);
await writeFile(values.out, `[\n${pictures.map((picture) => JSON.stringify(picture)).join(',\n')}\n]\n`);
process.stdout.write(`${pictures.length} answers recorded\n`);
