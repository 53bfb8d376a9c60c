import { STATUS_CODES } from 'node:http';
import { NEXT_STEPS, PROBLEM_CODES, PROBLEMS, type ProblemCode } from '../functions/contracts/problems.ts';
import { problemsOf, type RouteContract } from '../functions/contracts/routes/route.ts';
import { ROUTES } from '../functions/contracts/routes.ts';
import { escapeHtml } from './page.ts';

/** The body of /docs/problems: a place for every code, because a problem's `type` points at it. */
export const problemsBody = (): string => `<main>
<nav><a href="/docs">Frame Flow API</a></nav>
<h1>Problems</h1>
<p>An error of the API is <code>application/problem+json</code> (RFC 9457). Its <code>code</code> is stable: programs branch on
it. Its <code>type</code> points at the code's place on this page.</p>
${PROBLEM_CODES.map(section).join('\n')}
</main>`;

const section = (code: ProblemCode): string => {
  const { status, title, detail } = PROBLEMS[code];
  return `<section id="${code}">
<h2><a href="#${code}">${code}</a></h2>
<p class="status">${status} ${STATUS_CODES[status]} · ${escapeHtml(title)}</p>
<dl>
<dt>What happened</dt><dd>${prose(detail)}</dd>
<dt>What to do</dt><dd>${prose(NEXT_STEPS[code])}</dd>
<dt>Answered by</dt><dd>${operationsWith(code)}</dd>
</dl>
</section>`;
};

/** Words in back-ticks are code. */
const prose = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const operationsWith = (code: ProblemCode): string => {
  const operations = Object.entries<RouteContract>(ROUTES).filter(([, contract]) =>
    problemsOf(contract).includes(code),
  );
  if (operations.length === 0) return 'The API, for a path or method that it does not have.';
  if (operations.length === Object.keys(ROUTES).length) return 'Every operation.';
  return operations.map(([, { method, path }]) => `<code>${method} ${escapeHtml(path)}</code>`).join(', ');
};
