import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENV_ALLOWED_ORIGINS } from '../../functions/contracts/env.ts';
import { NodeFunction, type NodeFunctionProps, SIZES } from './node-function.ts';

/** One call of the HTTP contract and the function that answers it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root, with `{parameters}`. */
  readonly path: string;
  readonly handler: lambda.Function;
  /** Answered without an access token. */
  readonly open: boolean;
}

export interface HttpFunctionProps extends Omit<NodeFunctionProps, 'timeout' | 'memoryMegabytes'> {
  /** @default 512 */
  readonly memoryMegabytes?: number;
}

/** The function that answers all HTTP calls of a context. */
export class HttpFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: HttpFunctionProps) {
    super(scope, id, { ...SIZES.http, ...props });
    this.addEnvironment(ENV_ALLOWED_ORIGINS, props.config.allowedOrigins.join(','));
  }

  /** A route that needs a valid access token. */
  route(method: Route['method'], path: string): Route {
    return { method, path, handler: this, open: false };
  }

  /** A route for everyone. */
  openRoute(method: Route['method'], path: string): Route {
    return { method, path, handler: this, open: true };
  }
}
