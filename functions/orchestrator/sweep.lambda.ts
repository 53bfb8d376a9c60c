import { logger } from '../shared/logging/logger.ts';
import { createScheduleHandler } from '../shared/sweep/schedule-handler.ts';
import { sweepSagas } from './core/orchestrate.ts';
import { buildServices } from './services.ts';

/** Republishes unacknowledged events and acts on passed deadlines. */
export const handler = createScheduleHandler({
  build: buildServices,
  run: async (services) => {
    const result = await sweepSagas(services, (sagaId, error) =>
      logger.error('Saga not swept', { sagaId, error }),
    );
    if (result.republished > 0 || result.overdue > 0) logger.warn('Sagas swept', { ...result });
  },
});
