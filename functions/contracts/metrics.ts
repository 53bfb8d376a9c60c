/** The CloudWatch namespace of all metrics. */
export const METRICS_NAMESPACE = 'FrameFlow';

/** Names of metrics that the stack makes alarms of; `functions/shared/metrics` holds the others. */
export const METRIC_OUTBOX_ROWS_SET_ASIDE = 'OutboxRowsSetAside';
export const METRIC_ROWS_UNREADABLE = 'RowsUnreadable';
export const METRIC_OLDEST_WAITING_SECONDS = 'OldestWaitingSeconds';
export const METRIC_ENGINE_FALLBACKS = 'EngineFallbacks';

/** The dimension that says why the second engine took over: `not-started` or `crashed`. */
export const METRIC_DIMENSION_CAUSE = 'cause';

/** The dimension that tells the contexts apart, and those of its values that the alarms are made for. */
export const METRIC_DIMENSION_CONTEXT = 'context';
export const STORING_CONTEXTS = ['upload', 'process', 'download', 'orchestrator'] as const;
export type StoringContext = (typeof STORING_CONTEXTS)[number];
