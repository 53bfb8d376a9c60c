import { Aws, CfnOutput, Lazy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, DependencyGroup } from 'constructs';
import { ENV_LOG_LEVEL, ENV_STAGE } from '../../functions/contracts/env.ts';
import { prepareContainerDirectory } from '../build/container-directory.ts';
import type { StageConfig } from '../config/stage.ts';
import { type ContainerProps, STOP_TIMEOUT } from './container.ts';
import type { Workload } from './workload.ts';

/**
 * A role that is not in the template. It accepts all policies and synthesizes nothing. It claims to belong to the
 * stack's own account. Otherwise, grants would also add a resource policy for it, and with the principal below, such a
 * policy would allow all principals of all accounts.
 */
class OutsideRole implements iam.IPrincipal {
  readonly principalAccount = Aws.ACCOUNT_ID;
  readonly assumeRoleAction = 'sts:AssumeRole';
  readonly grantPrincipal = this;
  readonly policyFragment = new iam.ArnPrincipal('*').policyFragment;

  addToPrincipalPolicy(): iam.AddToPrincipalPolicyResult {
    return { statementAdded: true, policyDependable: new DependencyGroup() };
  }
}

export interface LocalContainerProps extends ContainerProps {
  readonly config: StageConfig;
}

/**
 * Stage local: a container that the user of the template runs separately. The output `Container<Name>` describes it as
 * JSON: name, directory (from the repository's root), command, environment and stop timeout.
 */
export class LocalContainer extends Construct implements Workload {
  readonly grantPrincipal: iam.IPrincipal = new OutsideRole();
  readonly connections = new ec2.Connections();
  readonly #environment: Record<string, string>;

  constructor(scope: Construct, id: string, props: LocalContainerProps) {
    super(scope, id);
    const { config, name } = props;
    this.#environment = {
      [ENV_STAGE]: config.stage,
      [ENV_LOG_LEVEL]: config.logLevel,
      ...props.environment,
    };
    const { relativePath: directory } = prepareContainerDirectory(props);
    const stack = Stack.of(this);
    const output = new CfnOutput(this, 'Output', {
      description: `How to run the container ${name}`,
      value: Lazy.string({
        produce: () =>
          stack.toJsonString({
            name,
            directory,
            command: ['node', 'index.mjs'],
            environment: this.#environment,
            stopTimeoutSeconds: STOP_TIMEOUT.toSeconds(),
          }),
      }),
    });
    output.overrideLogicalId(`Container${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  }

  addEnvironment(name: string, value: string): void {
    this.#environment[name] = value;
  }
}
