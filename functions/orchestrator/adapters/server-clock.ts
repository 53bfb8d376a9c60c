import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

/** The date has only seconds and needs time to arrive, so a smaller difference is ignored, in milliseconds. */
const TOLERANCE_MILLISECONDS = 5_000;

const Dated = z.object({ headers: z.object({ date: z.string() }) });

/**
 * A clock that all users of the table share: the table's clock, from the date in its responses. One function writes
 * deadlines and another acts on them. With its own clock, which may be wrong by minutes, it could act minutes early.
 *
 * @param local the machine's clock, used until the first response
 */
export const serverClock = (client: DynamoDBClient, local: () => Date): (() => Date) => {
  let offsetMilliseconds = 0;
  client.middlewareStack.add(
    (next) => async (input) => {
      const result = await next(input);
      const answer = Dated.safeParse(result.response);
      const serverTime = Date.parse(answer.data?.headers.date ?? '');
      if (!Number.isNaN(serverTime)) {
        const difference = serverTime - local().getTime();
        offsetMilliseconds = Math.abs(difference) < TOLERANCE_MILLISECONDS ? 0 : difference;
      }
      return result;
    },
    { step: 'deserialize', name: 'serverClock', override: true },
  );
  return () => new Date(local().getTime() + offsetMilliseconds);
};
