import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

/** The date has seconds only and took some time to arrive: a difference below this is none, in milliseconds. */
const TOLERANCE_MILLISECONDS = 5_000;

const Dated = z.object({ headers: z.object({ date: z.string() }) });

/**
 * A clock that all users of the table share, whatever their machines say: the table's own, as the date of its answers
 * tells it. Deadlines are written by one function and acted on by another; with a clock of its own that is wrong by
 * minutes, it would act minutes early.
 *
 * @param local the machine's clock, which is what counts until the first answer.
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
