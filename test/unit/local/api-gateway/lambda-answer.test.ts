import { describe, expect, test } from 'vitest';
import { readLambdaAnswer } from '../../../../local/api-gateway/lambda-answer.ts';

const read = (answer: unknown) => readLambdaAnswer(JSON.stringify(answer));

describe('the answer of a function', () => {
  test('keeps its headers and their multiple values, with JSON as the default content type', () => {
    expect(
      read({ statusCode: 200, headers: { A: 1 }, multiValueHeaders: { B: ['1', '2'] }, body: 'x' }),
    ).toEqual({
      statusCode: 200,
      headers: { 'Content-Type': 'application/json', A: '1', B: ['1', '2'] },
      body: Buffer.from('x'),
    });
    expect(read({ statusCode: 200, headers: { 'content-type': 'text/plain' } })?.headers).toEqual({
      'content-type': 'text/plain',
    });
  });

  test('drops headers of the connection and renames the headers that API Gateway remaps', () => {
    const headers = { Connection: 'close', 'Content-Length': '9', 'WWW-Authenticate': 'Bearer' };
    expect(read({ statusCode: 401, headers })?.headers).toEqual({
      'Content-Type': 'application/json',
      'x-amzn-Remapped-WWW-Authenticate': 'Bearer',
    });
  });

  test('is decoded when it is marked as Base64', () => {
    expect(read({ statusCode: 200, isBase64Encoded: true, body: 'AP8=' })?.body).toEqual(
      Buffer.from([0, 255]),
    );
  });

  test.each([null, 'text', {}, { statusCode: 'x' }, { statusCode: 99 }, { statusCode: 200, body: { a: 1 } }])(
    '%j is not an answer',
    (answer) => {
      expect(read(answer)).toBeUndefined();
    },
  );
});
