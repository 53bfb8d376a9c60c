import { describe, expect, it } from 'vitest';
import { AnswerLog, isPromised, secondsToWait } from '../../../bench/load/answers.ts';

const answer = (status: number, retryAfter: string | null = null) => ({
  ...{ call: 'GET /videos/{id}', text: 'the body', status, retryAfter },
});

describe('the answers of a run', () => {
  it('may have any status below 500, and 503 with a Retry-After', () => {
    for (const status of [200, 302, 401, 404, 429]) expect(isPromised(answer(status))).toBe(true);
    expect(isPromised(answer(503, '5'))).toBe(true);
    for (const unpromised of [answer(500), answer(502, '5'), answer(503), answer(503, 'soon'), answer(504)]) {
      expect(isPromised(unpromised)).toBe(false);
    }
  });

  it('are counted by status, with a line for each unexpected one', () => {
    const log = new AnswerLog();
    for (const each of [answer(200), answer(200), answer(503, '5'), answer(503)]) log.note(each);
    log.noteNone();
    expect(log.counts).toEqual({ '200': 2, '503': 2, none: 1 });
    expect(log.unexpected).toEqual([expect.stringContaining('GET /videos/{id} answered 503')]);
  });

  it('give Retry-After only in whole seconds', () => {
    expect([secondsToWait('13'), secondsToWait('0'), secondsToWait(null)]).toEqual([13, 0, undefined]);
    expect([secondsToWait(''), secondsToWait('Wed, 21 Oct 2026 07:28:00 GMT')]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
