import type { Construct } from 'constructs';
import { databaseRole } from '../../functions/contracts/database.ts';
import {
  ENV_ACCESS_CHECK,
  ENV_ACCESS_DATABASE_USER,
  ENV_ALLOWED_ORIGINS,
} from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import { NodeFunction, type NodeFunctionProps, SIZES } from './node-function.ts';

export interface HttpFunctionProps extends Omit<NodeFunctionProps, 'timeout' | 'memoryMegabytes'> {
  /** @default 512 */
  readonly memoryMegabytes?: number;
}

/** The function that answers all HTTP calls of a context. */
export class HttpFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: HttpFunctionProps) {
    super(scope, id, {
      ...SIZES.http,
      reservedConcurrency: props.config.httpReservedConcurrency,
      ...props,
    });
    this.addEnvironment(ENV_ALLOWED_ORIGINS, props.config.allowedOrigins.join(','));
    for (const [name, value] of Object.entries(accessEnvironment(props.config)))
      this.addEnvironment(name, value);
  }
}

/** On AWS always the gateway, because only auth's own functions may use auth's role there (docs/adr/0027). */
const accessEnvironment = ({ local }: StageConfig): Record<string, string> =>
  local?.accessCheck === 'function'
    ? { [ENV_ACCESS_CHECK]: 'function', [ENV_ACCESS_DATABASE_USER]: databaseRole('auth', 'authorizer') }
    : { [ENV_ACCESS_CHECK]: 'gateway' };
