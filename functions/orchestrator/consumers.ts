import type { EventConsumers } from '../shared/inbox/inbox-handler.ts';
import { handleEvent, type OrchestratorServices } from './core/orchestrate.ts';

/** The facts that the orchestrator's inbox consumes. The strategy table decides the effect of each. */
export const CONSUMERS = {
  FILE_UPLOADED: handleEvent,
  EXTRACTION_STARTED: handleEvent,
  FILE_PROCESSED: handleEvent,
  FILE_AVAILABLE: handleEvent,
  FILE_FAILED: handleEvent,
  FILE_DELETED: handleEvent,
} as const satisfies EventConsumers<OrchestratorServices>;
