import { Construct } from 'constructs';
import { HttpFunction } from '../constructs/http-function.ts';
import { placeFunctions } from '../constructs/node-function.ts';
import type { ContextProps } from './context.ts';

/** Shows that API Gateway and Lambda respond. Its security group opens no connections. */
export class HealthCheck extends Construct {
  /** The function for the context's routes. */
  readonly http: HttpFunction;
  readonly functions: readonly HttpFunction[];

  constructor(scope: Construct, id: string, { platform: { config, network } }: ContextProps) {
    super(scope, id);
    const http = new HttpFunction(this, 'Http', {
      config,
      placement: placeFunctions(this, network),
      entry: 'health/http.lambda.ts',
      description: 'GET /health',
      memoryMegabytes: 256,
    });
    this.http = http;
    this.functions = [http];
  }
}
