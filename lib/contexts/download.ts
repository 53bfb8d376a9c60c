import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DeadLetteredQueue } from '../constructs/dead-lettered-queue.ts';
import { HttpFunction } from '../constructs/http-function.ts';
import { NodeFunction, placeFunctions, SIZES } from '../constructs/node-function.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { ContextProps } from './context.ts';
import { quickInbox, quickSize } from './inbox.ts';

/** The downloads: what may be downloaded, by whom, and until when. */
export class DownloadContext extends Construct {
  /** The function for the context's routes. */
  readonly http: HttpFunction;
  readonly inboxes: { readonly download: DeadLetteredQueue };
  readonly functions: readonly NodeFunction[];

  constructor(scope: Construct, id: string, { platform }: ContextProps) {
    super(scope, id);
    const { config, database, redis, storage } = platform;
    const common = { config, placement: placeFunctions(this, platform.network) };

    const http = new HttpFunction(this, 'Http', {
      ...common,
      entry: 'download/http.lambda.ts',
      description: 'Download: links to the ZIP and to the frames',
    });
    const inbox = new NodeFunction(this, 'InboxHandler', {
      ...common,
      ...quickSize(config),
      entry: 'download/inbox.lambda.ts',
      description: 'Download: registers and discards results',
    });
    const sweep = new ScheduledFunction(this, 'Sweep', {
      ...common,
      ...SIZES.sweep,
      entry: 'download/sweep.lambda.ts',
      description: 'Download: republishes unacknowledged events, removes expired results',
      every: Duration.minutes(1),
    });

    this.http = http;
    this.functions = [http, inbox, sweep];
    database.grantConnect(http, 'download', 'http');
    for (const fn of [inbox, sweep]) database.grantConnect(fn, 'download');
    for (const fn of this.functions) redis.grantConnect(fn);
    for (const fn of [http, inbox]) storage.grantServe(fn);
    storage.grantExpire(sweep);

    this.inboxes = { download: quickInbox(this, config, inbox) };
  }
}
