import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  PROBLEM_CODES,
  PROBLEMS,
  type ProblemCode,
  problemType,
} from '../../../functions/contracts/problems.ts';
import { problemsOf, type RouteContract } from '../../../functions/contracts/routes/route.ts';
import { UPLOAD_ROUTES } from '../../../functions/contracts/routes/upload.ts';
import { ROUTES } from '../../../functions/contracts/routes.ts';
import type { Operations } from '../../../functions/shared/http/operation.ts';
import { requireDeclared } from '../../support/declared-problems.ts';

const contracts = Object.entries<RouteContract>(ROUTES);

describe('The registry', () => {
  it('has one operation for each method and path', () => {
    const names = contracts.map(([, { method, path }]) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(contracts)(
    '%s has at most one answer of each kind, all with a success status',
    (_id, { answers }) => {
      const kinds = Object.values(answers).map(({ kind }) => kind);
      expect(kinds.length).toBeGreaterThan(0);
      expect(new Set(kinds).size).toBe(kinds.length);
      for (const status of Object.keys(answers)) expect(Number(status)).toBeLessThan(400);
    },
  );

  it.each(contracts)('%s reads exactly the parameters of its path', (_id, { path, input }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(input.shape.params?.shape ?? {})).toEqual(named);
  });

  it.each(contracts)('%s declares its headers in lower case', (_id, { input }) => {
    for (const name of Object.keys(input.shape.headers?.shape ?? {})) expect(name).toBe(name.toLowerCase());
  });

  it.each(contracts)('%s declares no problem twice', (_id, contract) => {
    const codes = problemsOf(contract);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('declares every code of the catalogue except the one for unknown paths', () => {
    const declared = new Set(contracts.flatMap(([, contract]) => problemsOf(contract)));
    expect(PROBLEM_CODES.filter((code) => !declared.has(code))).toEqual(['NOT_FOUND']);
  });
});

describe('The catalogue of problems', () => {
  it.each(PROBLEM_CODES)('%s has an error status and a sentence', (code) => {
    const { status, detail } = PROBLEMS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(detail).toMatch(/^[A-Z].*\.$/);
    expect(problemType(code)).toBe(`/docs/problems#${code}`);
  });
});

describe('A problem that a test meets', () => {
  const problem = (code: ProblemCode) => ({ ...PROBLEMS[code], type: problemType(code), code });

  it('fails the test when its route does not declare it', () => {
    expect(() => requireDeclared('GET', '/videos/1/events', problem('EXPIRED'))).toThrow(
      'GET /videos/{id}/events answered EXPIRED',
    );
    expect(() => requireDeclared('GET', '/videos/1/download?x=1', problem('EXPIRED'))).not.toThrow();
    expect(() => requireDeclared('GET', '/nowhere', problem('NOT_FOUND'))).not.toThrow();
  });
});

describe('The operations of a context', () => {
  const answer = async () => ({ id: 'x' });

  it('do not compile with a missing or an extra operation', () => {
    const contracts = {
      first: { ...UPLOAD_ROUTES.deleteVideo, input: z.object({}) },
      second: { ...UPLOAD_ROUTES.deleteVideo, input: z.object({}) },
    };
    type Two = Operations<typeof contracts, undefined>;
    const complete: Two = { first: async () => undefined, second: async () => undefined };
    // @ts-expect-error second is missing
    const missing: Two = { first: async () => undefined };
    // @ts-expect-error third has no contract
    const extra: Two = { ...complete, third: async () => undefined };
    // @ts-expect-error the contract has no body to answer
    const wrong: Two = { ...complete, second: answer };
    expect([complete, missing, extra, wrong]).toHaveLength(4);
  });
});
