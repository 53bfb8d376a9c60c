import { Logger } from '@aws-lambda-powertools/logger';
import { ENV_LOG_LEVEL, ENV_STAGE } from '../../contracts/env.ts';
import type { SagaEvent } from '../../contracts/events.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;

/**
 * The logger for all code. It writes JSON lines, so a line break or escape sequence in user input stays inside its
 * string. Log only ids, codes and counts, never a payload, a token, a password or a presigned URL.
 */
export const logger = new Logger({
  serviceName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'frame-flow',
  environment: process.env[ENV_STAGE] ?? 'unknown',
  logLevel: LEVELS.find((level) => level === process.env[ENV_LOG_LEVEL]) ?? 'INFO',
});

/** The log fields of an event: its id, type and saga, and the call that caused it. */
export const eventFields = (event: SagaEvent) => ({
  eventId: event.id,
  eventType: event.type,
  sagaId: event.sagaId,
  correlationId: event.correlationId,
});
