import { afterEach, inject } from 'vitest';
import { documentedFetch, type UndocumentedAnswerError } from './documented-answers.ts';

/*
 * Every answer that an end-to-end test gets from the API is held against the OpenAPI document, whichever client sends the
 * call: a test that got an undocumented answer fails, however else it ends.
 */
const undocumented: UndocumentedAnswerError[] = [];

globalThis.fetch = documentedFetch(inject('stack').url, globalThis.fetch, (error) =>
  undocumented.push(error),
);

afterEach(() => {
  const errors = undocumented.splice(0);
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
});
