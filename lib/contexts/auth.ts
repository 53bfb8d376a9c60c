import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HttpFunction } from '../constructs/http-function.ts';
import { NodeFunction, placeFunctions, SIZES } from '../constructs/node-function.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { ContextProps } from './context.ts';

/** Users, sessions and signing keys; the API's authorizer. */
export class AuthContext extends Construct {
  /** The function for the context's routes. */
  readonly http: HttpFunction;
  readonly authorizer: NodeFunction;
  readonly functions: readonly NodeFunction[];

  constructor(scope: Construct, id: string, { platform }: ContextProps) {
    super(scope, id);
    const { config, database, redis, authKey } = platform;
    const common = { config, placement: placeFunctions(this, platform.network) };

    const http = new HttpFunction(this, 'Http', {
      ...common,
      entry: 'auth/http.lambda.ts',
      description: 'Auth: register, login, refresh, logout, profile, JWKS',
      // More memory gives more CPU, so that a password hash does not take seconds.
      memoryMegabytes: 1024,
    });
    this.authorizer = new NodeFunction(this, 'Authorizer', {
      ...common,
      ...SIZES.http,
      entry: 'auth/authorizer.lambda.ts',
      description: 'Auth: decides on access tokens for the API',
      reservedConcurrency: config.httpReservedConcurrency,
    });
    const rotateKeys = new ScheduledFunction(this, 'RotateKeys', {
      ...common,
      ...SIZES.sweep,
      entry: 'auth/rotate-keys.lambda.ts',
      description: 'Auth: rotates the signing keys',
      every: Duration.days(1),
    });

    this.http = http;
    this.functions = [http, this.authorizer, rotateKeys];
    database.grantConnect(http, 'auth', 'http');
    database.grantConnect(this.authorizer, 'auth', 'authorizer');
    database.grantConnect(rotateKeys, 'auth');
    redis.grantConnect(http);
    for (const fn of [http, rotateKeys]) authKey.grantUse(fn);
  }
}
