import * as z from 'zod';

/** The used part of EventBridge's "Object Created" event. Everything else is read from the object. */
const ObjectCreated = z.object({
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string().min(1) }) }),
});

/** The object key in a message. @throws ZodError or SyntaxError for any other message */
export const parseObjectCreated = (body: string): { storageKey: string } => ({
  storageKey: ObjectCreated.parse(JSON.parse(body)).detail.object.key,
});
