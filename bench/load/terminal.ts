const TERMINAL: ReadonlySet<string> = new Set(['READY', 'FAILED', 'EXPIRED']);

/** Whether the status is final; false for an unknown video. */
export const isOver = (status: string | undefined): boolean => status !== undefined && TERMINAL.has(status);
