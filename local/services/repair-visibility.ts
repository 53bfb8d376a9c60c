/**
 * `fauxqs` 2.4.1 with a data directory loses a message when ChangeMessageVisibility sets its timeout to 0. It removes
 * the message from memory, then fails to store it, because it writes NULL into the receive count, and its table does
 * not allow that. This patch clears the receipt handle and the deadline, and keeps the count.
 */
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const GIVE_BACK =
  'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?';

const Module = z.object({
  PersistenceManager: z.custom<{ prototype: object }>((value) => typeof value === 'function'),
});
const Store = z.object({ db: z.instanceof(DatabaseSync) });

/** @throws Error if the installed version is structured differently: check whether it still needs this patch */
export const repairVisibility = async (): Promise<void> => {
  const module: unknown = await import(new URL('./persistence.js', import.meta.resolve('fauxqs')).href);
  const { prototype } = Module.parse(module).PersistenceManager;
  if (!('updateMessageReady' in prototype))
    throw new Error('fauxqs is not the version that this repair is for');
  prototype.updateMessageReady = function updateMessageReady(this: unknown, messageId: unknown): void {
    Store.parse(this).db.prepare(GIVE_BACK).run(z.string().parse(messageId));
  };
};
