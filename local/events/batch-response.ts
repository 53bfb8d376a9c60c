import * as z from 'zod';

const BatchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/**
 * Which messages of a batch succeeded, by the rules of Lambda's SQS event sources. No answer (null, {} or an empty
 * list) means that all succeeded. A malformed answer, or an id that is not in the batch, means that all failed. Source:
 * "Handling errors for an SQS event source in Lambda", AWS Lambda Developer Guide.
 * @param payload the function's answer, JSON
 * @param reportsFailures whether the event source has ReportBatchItemFailures; without it all messages succeeded
 * @returns the ids of the messages to delete
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
