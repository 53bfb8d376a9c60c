import * as z from 'zod';

const BatchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/**
 * Which messages of a batch were done, by the rules of Lambda's SQS event sources: nothing said (null, {}, an
 * empty list) is success of all, anything malformed or an id that is not in the batch is failure of all.
 * @param payload what the function answered, JSON
 * @param reportsFailures whether the event source has ReportBatchItemFailures; without it the answer is ignored
 * @returns the ids of the messages to be deleted
 */
export const succeededIds = (
  messageIds: readonly string[],
  payload: string,
  reportsFailures: boolean,
): string[] => {
  if (!reportsFailures) return [...messageIds];
  const answer: unknown = JSON.parse(payload);
  if (answer === null || answer === '') return [...messageIds];
  const parsed = BatchResponse.safeParse(answer);
  if (!parsed.success) return [];
  const failed = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  if (failed.some((id) => !messageIds.includes(id))) return [];
  return messageIds.filter((id) => !failed.includes(id));
};
