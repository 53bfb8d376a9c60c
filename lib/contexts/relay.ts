import { Construct } from 'constructs';
import { INBOXES, type Inbox } from '../../functions/contracts/routing.ts';
import { relayDockerfile } from '../build/dockerfiles.ts';
import type { ContainerProps } from '../constructs/container.ts';
import { ContainerService } from '../constructs/container-service.ts';
import type { DeadLetteredQueue } from '../constructs/dead-lettered-queue.ts';
import { LocalContainer } from '../constructs/local-container.ts';
import type { ContextProps } from './context.ts';

export interface RelayProps extends ContextProps {
  /** The queue of each inbox. */
  readonly inboxes: Readonly<Record<Inbox, DeadLetteredQueue>>;
}

/** The orchestrator's container that subscribes to `saga_events` and sends the events to the inboxes. */
export class Relay extends Construct {
  readonly container: Construct;

  constructor(scope: Construct, id: string, { platform, inboxes }: RelayProps) {
    super(scope, id);
    const { config, network, redis } = platform;
    const props: ContainerProps = {
      name: 'relay',
      entry: 'orchestrator/relay/relay.task.ts',
      dockerfile: relayDockerfile(),
      architecture: config.functionArchitecture,
      cpuUnits: 256,
      memoryMegabytes: 512,
      desiredCount: 1,
      environment: {},
    };
    const relay = network
      ? new ContainerService(this, 'Service', { ...props, config, network })
      : new LocalContainer(this, 'Service', { ...props, config });
    this.container = relay;
    redis.grantConnect(relay);
    for (const inbox of INBOXES) inboxes[inbox].grantSend(relay, inbox);
    inboxes.worker.grantKeepAwake(relay);
  }
}
