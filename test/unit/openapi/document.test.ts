import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { problemsOf, type RouteContract } from '../../../functions/contracts/routes/route.ts';
import { ROUTES } from '../../../functions/contracts/routes.ts';
import { REPOSITORY_ROOT } from '../../../lib/paths.ts';
import { openApiDocument } from '../../../openapi/document.ts';
import { NAMED_SCHEMAS } from '../../../openapi/schemas.ts';

const document = openApiDocument();
const operations = Object.values(document.paths ?? {}).flatMap((path) =>
  [path.get, path.post, path.patch, path.delete].filter((operation) => operation !== undefined),
);
const operationOf = (id: string) => operations.find(({ operationId }) => operationId === id);

it('docs/openapi.json is what the registry says; `npm run openapi` writes it', () => {
  const committed: unknown = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'docs', 'openapi.json'), 'utf8'));
  expect(committed).toEqual(JSON.parse(JSON.stringify(document)));
});

it('has every operation of the registry and no other', () => {
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(ROUTES).toSorted());
});

it.each(Object.entries<RouteContract>(ROUTES))(
  'gives %s an example of each problem that it may answer',
  (id, contract) => {
    const refs = Object.values(operationOf(id)?.responses ?? {}).map(({ $ref }) =>
      String($ref).split('/').at(-1),
    );
    const codes = refs.flatMap((name) => {
      const response = document.components?.responses?.[name ?? ''];
      if (response === undefined || !('content' in response)) return [];
      const content = response.content?.['application/problem+json'] ?? {};
      return 'examples' in content ? Object.keys(content.examples ?? {}) : [];
    });
    expect(codes.toSorted()).toEqual(problemsOf(contract).toSorted());
  },
);

it.each(Object.entries<RouteContract>(ROUTES))(
  'gives %s an example of each successful answer',
  (id, contract) => {
    for (const [status, { kind }] of Object.entries(contract.answers)) {
      const examples = operationOf(id)?.responses?.[status]?.content?.['application/json']?.examples ?? {};
      expect(Object.keys(examples).length > 0, status).toBe(kind === 'json');
    }
  },
);

it.each(Object.entries(NAMED_SCHEMAS))(
  'describes every property and value of %s',
  (name, { properties, values }) => {
    const schema = document.components?.schemas?.[name];
    expect(schema).toHaveProperty('description', expect.stringMatching(/\.$/));
    const described = z
      .object({ properties: z.record(z.string(), z.object({ description: z.string() })).optional() })
      .parse(schema);
    expect(Object.keys(properties ?? {}).toSorted()).toEqual(
      Object.keys(described.properties ?? {}).toSorted(),
    );
    if (values) expect(schema).toHaveProperty('enum', Object.keys(values));
  },
);
