import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { STORING_CONTEXTS } from '../../functions/contracts/metrics.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { DeadLetterAlarm } from '../constructs/dead-letter-alarm.ts';
import { FallbackAlarm } from '../constructs/fallback-alarm.ts';
import type { Platform } from '../constructs/platform.ts';
import { keepProviderLogs } from '../constructs/provider-logs.ts';
import { Site } from '../constructs/site.ts';
import { UnreadableRowsAlarm } from '../constructs/unreadable-rows-alarm.ts';
import { WaitingAlarm } from '../constructs/waiting-alarm.ts';
import { Api } from '../contexts/api.ts';
import { AuthContext } from '../contexts/auth.ts';
import { DownloadContext } from '../contexts/download.ts';
import { HealthCheck } from '../contexts/health.ts';
import { Migrations } from '../contexts/migrations.ts';
import { OrchestratorContext } from '../contexts/orchestrator.ts';
import { ProcessContext } from '../contexts/process.ts';
import { Relay } from '../contexts/relay.ts';
import { SelfTest } from '../contexts/self-test.ts';
import { UploadContext } from '../contexts/upload.ts';

export interface AppStackProps extends StackProps {
  readonly platform: Platform;
}

/** The contexts, the relay and the API. Only its queues hold state. */
export class AppStack extends Stack {
  constructor(scope: Construct, id: string, { platform, ...props }: AppStackProps) {
    super(scope, id, props);
    const { config } = platform;
    const health = new HealthCheck(this, 'Health', { platform });
    const auth = new AuthContext(this, 'Auth', { platform });
    const upload = new UploadContext(this, 'Upload', { platform });
    const process = new ProcessContext(this, 'Process', { platform });
    const download = new DownloadContext(this, 'Download', { platform });
    const orchestrator = new OrchestratorContext(this, 'Orchestrator', { platform });

    const relay = new Relay(this, 'Relay', {
      platform,
      inboxes: { ...upload.inboxes, ...process.inboxes, ...download.inboxes, ...orchestrator.inboxes },
    });
    const users = [...auth.functions, ...upload.functions, ...process.functions, ...download.functions];
    const migrations = new Migrations(this, 'Migrations', { platform, before: users });
    new SelfTest(this, 'SelfTest', {
      platform,
      ffmpegLayers: process.ffmpegLayers,
      after: migrations.trigger,
      before: [...users, ...orchestrator.functions, ...health.functions, relay.container],
    });
    const api = new Api(this, 'Api', {
      config,
      authorizer: auth.authorizer,
      functions: { health: health.http, auth: auth.http, upload: upload.http, download: download.http },
    });
    if (!config.local) {
      new Site(this, 'Site', { platform, api: api.restApi });
      const unreadable = STORING_CONTEXTS.map(
        (context) => new UnreadableRowsAlarm(this, `UnreadableRowsOf-${context}`, { context }),
      );
      const deadLetters = this.node.findAll().filter((node) => node instanceof DeadLetterAlarm);
      const waiting = new WaitingAlarm(this, 'Waiting');
      const fallback = new FallbackAlarm(this, 'Fallback');
      new AlarmTopic(this, 'Alarms', {
        alarms: [...deadLetters, ...unreadable, waiting, fallback].map(({ alarm }) => alarm),
      });
    }
    keepProviderLogs(this, config.logRetentionDays);
  }
}
