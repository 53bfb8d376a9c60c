import * as z from 'zod';

const HeaderValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const ProxyResult = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(HeaderValue)).nullish(),
  body: z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** A function's answer, ready to send. */
export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** Headers of the connection, which a function cannot set. */
const DROPPED = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']);
/** Headers that API Gateway renames. */
const REMAPPED = new Set(['date', 'host', 'server', 'www-authenticate']);

/**
 * Reads a function's answer to a proxy event.
 * @returns undefined if the answer is malformed: API Gateway then answers 502
 */
export const readLambdaAnswer = (payload: string): LambdaAnswer | undefined => {
  const parsed = ProxyResult.safeParse(JSON.parse(payload));
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const merged: Record<string, string | string[]> = { 'Content-Type': 'application/json' };
  const set = (name: string, value: string | string[]) => {
    const lower = name.toLowerCase();
    if (DROPPED.has(lower)) return;
    const target = REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name;
    for (const known of Object.keys(merged)) {
      if (known.toLowerCase() === target.toLowerCase()) delete merged[known];
    }
    merged[target] = value;
  };
  for (const [name, value] of Object.entries(headers ?? {})) set(name, value);
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) set(name, values);
  return {
    statusCode,
    headers: merged,
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
};
