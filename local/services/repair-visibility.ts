/**
 * `fauxqs` 2.4.1 with a data directory loses a message that is given back at once (ChangeMessageVisibility to 0):
 * it forgets the message, then fails to write it down, because it writes NULL into the receive count, which its
 * table does not allow. This makes it write what it should: no receipt, no deadline, the count as it was.
 */
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const GIVE_BACK =
  'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?';

const Module = z.object({
  PersistenceManager: z.custom<{ prototype: object }>((value) => typeof value === 'function'),
});
const Store = z.object({ db: z.instanceof(DatabaseSync) });

/** @throws Error when the installed version is built otherwise: then look whether it still needs this */
export const repairVisibility = async (): Promise<void> => {
  const module: unknown = await import(new URL('./persistence.js', import.meta.resolve('fauxqs')).href);
  const { prototype } = Module.parse(module).PersistenceManager;
  if (!('updateMessageReady' in prototype))
    throw new Error('fauxqs is not the version that this repair is for');
  prototype.updateMessageReady = function updateMessageReady(this: unknown, messageId: unknown): void {
    Store.parse(this).db.prepare(GIVE_BACK).run(z.string().parse(messageId));
  };
};
