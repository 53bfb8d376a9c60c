import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  readonly alarms: readonly cloudwatch.Alarm[];
}

/** The topic for all alarms and for their ends. The engineers on call subscribe to it (docs/deploy.md). */
export class AlarmTopic extends Construct {
  constructor(scope: Construct, id: string, { alarms }: AlarmTopicProps) {
    super(scope, id);
    const topic = new sns.Topic(this, 'Topic', { enforceSSL: true });
    // A custom policy replaces the default one, which allows the account's alarms to publish.
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const notify = new SnsAction(topic);
    for (const alarm of alarms) {
      alarm.addAlarmAction(notify);
      alarm.addOkAction(notify);
    }
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', { value: topic.topicArn });
  }
}
