import * as z from 'zod';
import type { System } from '../system.ts';
import { queueDepths } from './queue-depths.ts';
import { readSagas } from './rows.ts';

const CountRow = z.object({ what: z.string(), count: z.coerce.number() });

/** One line per sign of unfinished work: messages in queues, events that are not relayed, running jobs. */
export const unfinished = async (system: System): Promise<string[]> => {
  const depths = Object.entries(await queueDepths(system)).map(
    ([queue, count]) => `${count} messages in ${queue}`,
  );
  const rows = await system.query(
    `SELECT 'open events of upload' AS what, count(*) FROM upload.outbox WHERE closed_at IS NULL
     UNION ALL SELECT 'open events of process', count(*) FROM process.outbox WHERE closed_at IS NULL
     UNION ALL SELECT 'open events of download', count(*) FROM download.outbox WHERE closed_at IS NULL
     UNION ALL SELECT 'runs', count(*) FROM process.job WHERE status = 'RUNNING'`,
  );
  const counts = rows.map((row) => CountRow.parse(row)).filter(({ count }) => count > 0);
  const pending = (await readSagas(system)).reduce((sum, saga) => sum + saga.pending.length, 0);
  return [
    ...depths,
    ...counts.map(({ what, count }) => `${count} ${what}`),
    ...(pending > 0 ? [`${pending} open events of sagas`] : []),
  ];
};
