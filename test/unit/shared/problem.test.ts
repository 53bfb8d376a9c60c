import { describe, expect, it } from 'vitest';
import { AppError } from '../../../functions/shared/errors/app-error.ts';
import { problemResponse } from '../../../functions/shared/http/problem.ts';

describe('a 401', () => {
  const headersOf = (code: 'UNAUTHENTICATED' | 'INVALID_CREDENTIALS' | 'INVALID_REFRESH_TOKEN') =>
    problemResponse(new AppError(code), 'id').headers;

  it('for an access token names the Bearer scheme', () => {
    expect(headersOf('UNAUTHENTICATED')).toHaveProperty('www-authenticate', 'Bearer');
  });

  it.each(['INVALID_CREDENTIALS', 'INVALID_REFRESH_TOKEN'] as const)(
    'for %s sends no header that API Gateway would rename',
    (code) => expect(headersOf(code)).not.toHaveProperty('www-authenticate'),
  );
});
