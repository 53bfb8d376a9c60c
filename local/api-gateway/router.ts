import type { RouteModel } from '../template/model.ts';

/** A request's route and the values of its path parameters. */
export interface RouteMatch {
  readonly route: RouteModel;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  greedy?: { readonly name: string; readonly routes: Map<string, RouteModel> };
  readonly routes: Map<string, RouteModel>;
}

const GREEDY = /^\{(.+)\+\}$/;
const PARAMETER = /^\{(.+)\}$/;

/**
 * Creates a function that finds routes as API Gateway does: a literal segment wins over a parameter, a parameter over a
 * greedy one. The function takes the path without its query and decodes the parameters.
 * It throws a URIError if an escape in the path is malformed.
 */
export const createRouter = (
  routes: readonly RouteModel[],
): ((method: string, path: string) => RouteMatch | undefined) => {
  const root = node();
  for (const route of routes) insert(root, route);
  return (method, path) => search(root, segmentsOf(path).map(decodeURIComponent), method);
};

const node = (): Node => ({ literals: new Map(), routes: new Map() });

const insert = (root: Node, route: RouteModel): void => {
  let current = root;
  for (const segment of segmentsOf(route.path)) {
    const greedy = GREEDY.exec(segment)?.[1];
    if (greedy !== undefined) {
      current.greedy ??= { name: greedy, routes: new Map() };
      current.greedy.routes.set(route.method, route);
      return;
    }
    const parameter = PARAMETER.exec(segment)?.[1];
    if (parameter !== undefined) {
      current.parameter ??= { name: parameter, node: node() };
      current = current.parameter.node;
    } else {
      const next = current.literals.get(segment) ?? node();
      current.literals.set(segment, next);
      current = next;
    }
  }
  current.routes.set(route.method, route);
};

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const search = (current: Node, segments: readonly string[], method: string): RouteMatch | undefined => {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    const route = pick(current.routes, method);
    return route === undefined ? undefined : { route, pathParameters: {} };
  }
  const literal = current.literals.get(segment);
  const byLiteral = literal === undefined ? undefined : search(literal, rest, method);
  if (byLiteral !== undefined) return byLiteral;
  if (current.parameter !== undefined) {
    const { name, node: next } = current.parameter;
    const found = search(next, rest, method);
    if (found !== undefined) {
      return { route: found.route, pathParameters: { ...found.pathParameters, [name]: segment } };
    }
  }
  const greedy = current.greedy === undefined ? undefined : pick(current.greedy.routes, method);
  if (current.greedy === undefined || greedy === undefined) return undefined;
  return { route: greedy, pathParameters: { [current.greedy.name]: segments.join('/') } };
};

const pick = (routes: ReadonlyMap<string, RouteModel>, method: string): RouteModel | undefined =>
  routes.get(method) ?? routes.get('ANY');
