import { RemovalPolicy } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENV_AUTH_KEY_SECRET } from '../../functions/contracts/env.ts';
import type { StageConfig } from '../config/stage.ts';
import type { Workload } from './workload.ts';

export interface AuthKeyProps {
  readonly config: StageConfig;
}

/** The secret with which the auth context encrypts its private signing keys. Losing it ends all sessions. */
export class AuthKey extends Construct {
  readonly #value: string;

  constructor(scope: Construct, id: string, { config }: AuthKeyProps) {
    super(scope, id);
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: 'Encrypts the private signing keys of the auth context',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.#value = secret.secretValue.unsafeUnwrap();
  }

  /**
   * Passes the secret in the environment, as a reference that CloudFormation resolves at deployment, because functions
   * have no route to Secrets Manager. Everyone with permission to read a function's configuration can read the secret.
   */
  grantUse(workload: Workload): void {
    workload.addEnvironment(ENV_AUTH_KEY_SECRET, this.#value);
  }
}
