import { expect, it } from 'vitest';
import { Problem } from '../../../functions/contracts/problem.ts';
import { openSwitchboard } from '../../../local/switchboard.ts';

it('A stack that is starting answers with a problem and says when to try again', async () => {
  const switchboard = await openSwitchboard(0, 0);
  try {
    const response = await fetch(switchboard.url);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(Problem.parse(await response.json())).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  } finally {
    await switchboard.close();
  }
});
