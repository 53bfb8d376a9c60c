import { type Fetch, FrameFlowError } from '../../client/index.ts';
import { Problem } from '../../functions/contracts/problem.ts';
import { problemsOf, type RouteContract } from '../../functions/contracts/routes/route.ts';
import { ROUTES } from '../../functions/contracts/routes.ts';

/** The contract of a call to a path; undefined for an unknown call. */
const contractOf = (method: string, path: string): RouteContract | undefined => {
  const parts = new URL(path, 'http://localhost').pathname.split('/');
  return Object.values<RouteContract>(ROUTES).find((contract) => {
    const pattern = contract.path.split('/');
    return (
      contract.method === method &&
      pattern.length === parts.length &&
      pattern.every((part, index) => part.startsWith('{') || part === parts[index])
    );
  });
};

/**
 * Fails the test whose call gets a problem that its route does not declare. Every test that calls the API uses this
 * check.
 *
 * @throws Error naming the code and the operation
 */
export const requireDeclared = (method: string, path: string, body: unknown): void => {
  const contract = contractOf(method, path);
  if (contract === undefined) return;
  const { code } = Problem.parse(body);
  if (!problemsOf(contract).includes(code)) {
    throw new Error(
      `${contract.method} ${contract.path} answered ${code}, which its contract does not declare`,
    );
  }
};

/**
 * A wrapper of `fetch` that holds each problem of the API against the contract of its route. It fails with the client's own
 * error, which ends a call, because a client repeats a call whose `fetch` fails in another way.
 *
 * @param root of the API, without a slash at its end
 */
export const withDeclaredProblems =
  (root: string) =>
  (next: Fetch): Fetch =>
  async (url, init) => {
    const response = await next(url, init);
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    if (!isProblem || !url.startsWith(root)) return response;
    try {
      requireDeclared(init?.method ?? 'GET', url.slice(root.length), await response.clone().json());
    } catch (cause) {
      throw new FrameFlowError({ code: 'UNEXPECTED_ANSWER', detail: String(cause), cause });
    }
    return response;
  };
