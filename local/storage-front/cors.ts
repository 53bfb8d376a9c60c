import type { IncomingHttpHeaders } from 'node:http';
import { matchesWildcard } from '../api-gateway/policy.ts';
import type { CorsRule } from '../template/model.ts';
import { headerText } from './upstream.ts';

/** CORS headers for the answer to a browser's request; empty if no rule matches. */
export const corsHeaders = (
  rules: readonly CorsRule[],
  method: string,
  headers: IncomingHttpHeaders,
): Record<string, string> => {
  const origin = headerText(headers, 'origin');
  if (origin === undefined) return {};
  const rule = rules.find((candidate) => matches(candidate, origin, method, []));
  return rule === undefined ? {} : originHeaders(rule, origin);
};

const matches = (rule: CorsRule, origin: string, method: string, names: readonly string[]): boolean =>
  rule.allowedMethods.includes(method) &&
  rule.allowedOrigins.some((pattern) => matchesWildcard(pattern, origin)) &&
  names.every((name) => rule.allowedHeaders.some((pattern) => matchesWildcard(pattern, name, 'i')));

const originHeaders = (rule: CorsRule, origin: string): Record<string, string> => ({
  ...(rule.allowedOrigins.includes('*')
    ? { 'Access-Control-Allow-Origin': '*' }
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }),
  'Access-Control-Allow-Methods': rule.allowedMethods.join(', '),
  ...(rule.exposedHeaders.length === 0
    ? {}
    : { 'Access-Control-Expose-Headers': rule.exposedHeaders.join(', ') }),
  Vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
});

/** CORS headers for the answer to a preflight request; undefined if no rule allows it. */
export const preflightHeaders = (
  rules: readonly CorsRule[],
  headers: IncomingHttpHeaders,
): Record<string, string> | undefined => {
  const origin = headerText(headers, 'origin');
  const method = headerText(headers, 'access-control-request-method');
  if (origin === undefined || method === undefined) return undefined;
  const names = requestedHeaders(headers);
  const rule = rules.find((candidate) => matches(candidate, origin, method, names));
  if (rule === undefined) return undefined;
  return {
    ...originHeaders(rule, origin),
    ...(names.length === 0 ? {} : { 'Access-Control-Allow-Headers': names.join(', ') }),
    ...(rule.maxAgeSeconds === undefined ? {} : { 'Access-Control-Max-Age': String(rule.maxAgeSeconds) }),
  };
};

const requestedHeaders = (headers: IncomingHttpHeaders): string[] =>
  (headerText(headers, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
