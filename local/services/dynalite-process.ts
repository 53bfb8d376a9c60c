/**
 * `dynalite` in its own process, bound to 127.0.0.1.
 *
 * Usage: node dynalite-process.ts '{"port": 1, "path": "…"}'
 */

import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import * as z from 'zod';
import { LOOPBACK } from '../constants.ts';

/** Time that a table stays CREATING, UPDATING or DELETING, in milliseconds. No test needs the delay of AWS. */
const TABLE_CHANGE_MILLISECONDS = 10;

const Options = z.object({ port: z.int(), path: z.string() });
const { port, path } = Options.parse(JSON.parse(process.argv[2] ?? '{}'));

const dynalite: (options: Record<string, unknown>) => Server = createRequire(import.meta.url)('dynalite');
const server = dynalite({
  path,
  createTableMs: TABLE_CHANGE_MILLISECONDS,
  updateTableMs: TABLE_CHANGE_MILLISECONDS,
  deleteTableMs: TABLE_CHANGE_MILLISECONDS,
});
server.listen(port, LOOPBACK);
process.once('SIGTERM', () => {
  // Clients keep connections open: closing them lets the server close its store and exit.
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
