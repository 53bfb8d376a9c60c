import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENV_JOB_LEASE_SECONDS, ENV_WORKER_VISIBILITY_SECONDS } from '../../functions/contracts/env.ts';
import { RDS_CERTIFICATES_FILE, workerDockerfile } from '../build/dockerfiles.ts';
import { EXTRACTOR_ENTRY, EXTRACTOR_FILE } from '../build/extractor-program.ts';
import { rdsCertificates } from '../build/rds-certificates.ts';
import { consumeDeadLetters } from '../constructs/consume-dead-letters.ts';
import type { ContainerProps } from '../constructs/container.ts';
import { ContainerService } from '../constructs/container-service.ts';
import { DeadLetteredQueue } from '../constructs/dead-lettered-queue.ts';
import { EXTRACTOR_FILES, engineEnvironment } from '../constructs/extraction-runtime.ts';
import { FfmpegLayer } from '../constructs/ffmpeg-layer.ts';
import { LocalContainer } from '../constructs/local-container.ts';
import { NodeFunction, placeFunctions, SIZES } from '../constructs/node-function.ts';
import type { Platform } from '../constructs/platform.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import { WorkerScaling } from '../constructs/worker-scaling.ts';
import type { Workload } from '../constructs/workload.ts';
import type { ContextProps } from './context.ts';
import { quickSize } from './inbox.ts';

/**
 * Ten percent more than one extraction, not six times as much. The lease reveals a crashed run, and its message should
 * not come back an hour later. Only the message reveals a run that crashed before it had a lease.
 */
const EXTRACTION_VISIBILITY = 1.1;

/** The extraction: a function for most videos, a container for the large ones. */
export class ProcessContext extends Construct {
  readonly inboxes: { readonly process: DeadLetteredQueue; readonly worker: DeadLetteredQueue };
  /** FFmpeg and libav for the extraction functions; empty in stage local, where the machine has them. */
  readonly ffmpegLayers: FfmpegLayer[];
  /** The constructs that must not run before the migrations. */
  readonly functions: readonly Construct[];

  constructor(scope: Construct, id: string, { platform }: ContextProps) {
    super(scope, id);
    const { config, database, redis, storage } = platform;
    const placement = placeFunctions(this, platform.network);
    const extractionTimeout = Duration.seconds(config.timing.extractionTimeoutSeconds);

    this.ffmpegLayers = config.local
      ? []
      : [new FfmpegLayer(this, 'Ffmpeg', { architecture: config.ffmpegArchitecture })];
    const inbox = new NodeFunction(this, 'InboxHandler', {
      config,
      placement,
      entry: 'process/inbox.lambda.ts',
      description: 'Process: extracts frames and packs the ZIP',
      timeout: extractionTimeout,
      memoryMegabytes: 3008,
      temporaryStorageMegabytes: 2048,
      architecture: config.ffmpegArchitecture,
      files: EXTRACTOR_FILES,
      layers: this.ffmpegLayers,
    });
    for (const [name, value] of Object.entries(engineEnvironment(config))) inbox.addEnvironment(name, value);
    const sweep = new ScheduledFunction(this, 'Sweep', {
      config,
      placement,
      ...SIZES.sweep,
      entry: 'process/sweep.lambda.ts',
      description: 'Process: fails crashed runs, republishes unacknowledged events, removes stray output',
      every: Duration.minutes(1),
    });
    const workerInbox = new DeadLetteredQueue(this, 'WorkerInbox', {
      config,
      fifo: true,
      visibilityTimeout: Duration.seconds(config.timing.workerVisibilitySeconds),
    });
    const worker = this.#createWorker(platform, workerInbox);

    const deadLetters = new NodeFunction(this, 'DeadLetters', {
      config,
      placement,
      ...quickSize(config),
      entry: 'process/dead-letters.lambda.ts',
      description: 'Process: fails the attempts of dead letters',
    });
    for (const workload of [inbox, worker, deadLetters]) {
      workload.addEnvironment(ENV_JOB_LEASE_SECONDS, String(config.timing.jobLeaseSeconds));
    }
    for (const workload of [inbox, sweep, worker, deadLetters]) {
      database.grantConnect(workload, 'process');
      redis.grantConnect(workload);
    }
    for (const workload of [inbox, worker]) storage.grantExtract(workload);
    workerInbox.grantReceive(worker, 'worker');
    for (const workload of [deadLetters, sweep]) storage.grantDiscard(workload);

    this.functions = [inbox, sweep, worker, deadLetters];
    const lambdaInbox = new QueueConsumer(this, 'Inbox', {
      config,
      handler: inbox,
      fifo: true,
      visibilityTimeout: Duration.seconds(
        Math.ceil(config.timing.extractionTimeoutSeconds * EXTRACTION_VISIBILITY),
      ),
      batchSize: 1,
      maxConcurrency: config.concurrency.process,
      retriesDeadLetters: false,
    });
    consumeDeadLetters(deadLetters, [lambdaInbox, workerInbox]);
    this.inboxes = { process: lambdaInbox, worker: workerInbox };
  }

  #createWorker({ config, network }: Platform, { queue }: DeadLetteredQueue): Workload & Construct {
    const props: ContainerProps = {
      name: 'worker',
      entry: 'process/worker.task.ts',
      dockerfile: workerDockerfile(config.ffmpegArchitecture),
      architecture: config.ffmpegArchitecture,
      cpuUnits: 2048,
      memoryMegabytes: 4096,
      programs: { [EXTRACTOR_FILE]: EXTRACTOR_ENTRY },
      files: { [RDS_CERTIFICATES_FILE]: rdsCertificates() },
      environment: {
        ...engineEnvironment(config),
        [ENV_WORKER_VISIBILITY_SECONDS]: String(config.timing.workerVisibilitySeconds),
      },
    };
    if (!network) return new LocalContainer(this, 'Worker', { ...props, config });
    const worker = new ContainerService(this, 'Worker', { ...props, config, network });
    worker.grantProtection();
    new WorkerScaling(worker, 'Scaling', { service: worker.service, queue, maxTasks: config.maxWorkers });
    return worker;
  }
}
