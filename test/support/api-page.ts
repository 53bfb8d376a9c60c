import { NEXT_STEPS, PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../../functions/contracts/problems.ts';
import { ROUTE_TEXTS } from '../../functions/contracts/route-texts.ts';
import {
  PROBLEMS_OF_ALL,
  PROBLEMS_OF_BODIES,
  PROBLEMS_OF_USERS,
  type RouteAnswer,
  type RouteContract,
} from '../../functions/contracts/routes/route.ts';
import { type OperationId, ROUTES } from '../../functions/contracts/routes.ts';
import { WALKTHROUGH } from './walkthrough.ts';

/** docs/api.md: the registry and the catalogue of problems, for people. */
export const apiPage = (): string => `# The API

JSON in and out. Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`. This page is made from
[the registry](../functions/contracts/routes.ts) and [the catalogue of problems](../functions/contracts/problems.ts);
the schemas of bodies are in [http](../functions/contracts/http).

## Walkthrough

In a second terminal, in the repository, while \`npm start\` runs. Set \`VIDEO\` to a file of your own, or let the first lines
make one. What it writes goes to a temporary folder. The [command line](cli.md) and the [client](../client) do the same with less.

\`\`\`sh
${WALKTHROUGH}\`\`\`

## Operations

Any of them may also answer ${listed(PROBLEMS_OF_ALL)}; those with a token ${listed(PROBLEMS_OF_USERS)}; those with a body
${listed(PROBLEMS_OF_BODIES)}.

| operation | call | token | answer | further problems |
|---|---|---|---|---|
${operationIds().map(operationRow).join('\n')}

${operationIds().map(operationText).join('\n\n')}

## Problems

| code | status | what happened | what to do |
|---|---|---|---|
${PROBLEM_CODES.map(problemRow).join('\n')}
`;

const listed = (codes: readonly ProblemCode[]): string => codes.map((code) => `\`${code}\``).join(', ');

const operationIds = (): OperationId[] =>
  Object.keys(ROUTES).filter((id): id is OperationId => Object.hasOwn(ROUTE_TEXTS, id));

const operationRow = (id: OperationId): string => {
  const { method, path, auth, answers, problems }: RouteContract = ROUTES[id];
  const cells = [
    `[${id}](#${id.toLowerCase()})`,
    `\`${method} ${path}\``,
    auth === 'user' ? 'yes' : 'no',
    Object.entries<RouteAnswer>(answers).map(answerText).join(', '),
    listed(problems),
  ];
  return `| ${cells.join(' | ')} |`;
};

const answerText = ([status, { kind }]: [string, RouteAnswer]): string =>
  ({ json: status, redirect: `${status} elsewhere`, empty: `${status} without a body` })[kind];

const operationText = (id: OperationId): string => {
  const { summary, description } = ROUTE_TEXTS[id];
  return `### ${id}\n\n${summary}. ${description}`;
};

const problemRow = (code: ProblemCode): string => {
  const { status, detail } = PROBLEMS[code];
  return `| <a id="${code}"></a>\`${code}\` | ${status} | ${detail} | ${NEXT_STEPS[code]} |`;
};
