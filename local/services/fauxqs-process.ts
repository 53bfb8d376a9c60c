/**
 * `fauxqs` in its own process, bound to 127.0.0.1 (by default it listens on every address). The library is patched in
 * four places before it starts. docs/upstream/fauxqs.md describes each patch for its maintainers.
 *
 * Usage: node fauxqs-process.ts '{"port": 1, "region": "…", "dataDir": "…"}' (or s3StorageDir)
 */
import { startFauxqs } from 'fauxqs';
import * as z from 'zod';
import { handOutWholeGroups } from './fifo-batches.ts';
import { bindToLoopback } from './loopback-only.ts';
import { repairVisibility } from './repair-visibility.ts';
import { returnUnreadMessages } from './return-unread-messages.ts';

const Options = z.object({
  port: z.int(),
  region: z.string(),
  dataDir: z.string().optional(),
  s3StorageDir: z.string().optional(),
});

const { port, region, dataDir, s3StorageDir } = Options.parse(JSON.parse(process.argv[2] ?? '{}'));
bindToLoopback();
returnUnreadMessages(port);
await repairVisibility();
await handOutWholeGroups();
const server = await startFauxqs({
  port,
  defaultRegion: region,
  logger: false,
  ...(dataDir === undefined ? {} : { dataDir }),
  ...(s3StorageDir === undefined ? {} : { s3StorageDir }),
});
process.once('SIGTERM', () => {
  void server.stop().finally(() => process.exit(0));
});
