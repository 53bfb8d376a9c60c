import * as z from 'zod';

/** EventBridge's "Object Created" event, as far as it is used: the object is asked for the rest. */
const ObjectCreated = z.object({
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string().min(1) }) }),
});

/** The key of the object that a message tells of. @throws ZodError or SyntaxError for any other message. */
export const parseObjectCreated = (body: string): { storageKey: string } => ({
  storageKey: ObjectCreated.parse(JSON.parse(body)).detail.object.key,
});
