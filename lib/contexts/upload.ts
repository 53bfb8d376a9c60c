import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { DeadLetteredQueue } from '../constructs/dead-lettered-queue.ts';
import { HttpFunction } from '../constructs/http-function.ts';
import { NodeFunction, type Placement, placeFunctions, SIZES } from '../constructs/node-function.ts';
import type { Platform } from '../constructs/platform.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import { SOURCE_KEY_PATTERN } from '../constructs/video-storage.ts';
import type { ContextProps } from './context.ts';
import { quickInbox, quickSize, quickVisibility } from './inbox.ts';

/** The users' view of videos, from the upload form to the timeline. */
export class UploadContext extends Construct {
  /** The function for the context's routes. */
  readonly http: HttpFunction;
  readonly inboxes: { readonly upload: DeadLetteredQueue };
  readonly functions: readonly NodeFunction[];

  constructor(scope: Construct, id: string, { platform }: ContextProps) {
    super(scope, id);
    const { config, database, redis, storage } = platform;
    const placement = placeFunctions(this, platform.network);
    const common = { config, placement };

    const http = new HttpFunction(this, 'Http', {
      ...common,
      entry: 'upload/http.lambda.ts',
      description: 'Upload: create, list, read and delete videos, their timeline',
    });
    const inbox = new NodeFunction(this, 'InboxHandler', {
      ...common,
      ...quickSize(config),
      entry: 'upload/inbox.lambda.ts',
      description: 'Upload: follows the saga, removes discarded sources',
    });
    const sweep = new ScheduledFunction(this, 'Sweep', {
      ...common,
      ...SIZES.sweep,
      entry: 'upload/sweep.lambda.ts',
      description: 'Upload: republishes unacknowledged events, receives or expires overdue uploads',
      every: Duration.minutes(1),
    });
    const objectCreated = this.#consumeObjectCreated(platform, placement);

    this.http = http;
    this.functions = [http, inbox, sweep, objectCreated];
    database.grantConnect(http, 'upload', 'http');
    for (const fn of [inbox, sweep, objectCreated]) database.grantConnect(fn, 'upload');
    for (const fn of this.functions) redis.grantConnect(fn);
    storage.grantAcceptSource(http);
    storage.grantInspectSource(objectCreated);
    storage.grantInspectSource(sweep);
    storage.grantRemoveSource(inbox);

    this.inboxes = { upload: quickInbox(this, config, inbox) };
  }

  /** Consumes S3's notifications of new sources. They come through EventBridge, so that the stacks stay independent. */
  #consumeObjectCreated({ config, storage }: Platform, placement: Placement | undefined): NodeFunction {
    const handler = new NodeFunction(this, 'ObjectCreatedHandler', {
      config,
      placement,
      ...quickSize(config),
      entry: 'upload/object-created.lambda.ts',
      description: 'Upload: checks new objects in the bucket',
    });
    const consumer = new QueueConsumer(this, 'ObjectCreated', {
      config,
      handler,
      fifo: false,
      visibilityTimeout: quickVisibility(config),
      maxConcurrency: config.concurrency.quick,
    });
    new events.Rule(this, 'ObjectCreatedRule', {
      description: 'Uploaded sources',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.bucket.bucketName] },
          object: { key: events.Match.wildcard(SOURCE_KEY_PATTERN) },
        },
      },
      targets: [new SqsQueue(consumer.queue)],
    });
    return handler;
  }
}
