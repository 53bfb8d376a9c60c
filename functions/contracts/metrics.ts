/** The CloudWatch namespace of all metrics. */
export const METRICS_NAMESPACE = 'FrameFlow';

/** Names of the metrics with alarms. `functions/shared/metrics` holds the others. */
export const METRIC_OUTBOX_ROWS_SET_ASIDE = 'OutboxRowsSetAside';
export const METRIC_ROWS_UNREADABLE = 'RowsUnreadable';
export const METRIC_OLDEST_WAITING_SECONDS = 'OldestWaitingSeconds';
export const METRIC_ENGINE_FALLBACKS = 'EngineFallbacks';

/** The dimension with the reason why the second engine took over: `not-started` or `crashed`. */
export const METRIC_DIMENSION_CAUSE = 'cause';

/** The dimension for the context, and its values that have alarms. */
export const METRIC_DIMENSION_CONTEXT = 'context';
export const STORING_CONTEXTS = ['upload', 'process', 'download', 'orchestrator'] as const;
export type StoringContext = (typeof STORING_CONTEXTS)[number];
