const TERMINAL: ReadonlySet<string> = new Set(['READY', 'FAILED', 'EXPIRED']);

/** Whether nothing more is to come for a video in this status; false of a video that is not known. */
export const isOver = (status: string | undefined): boolean => status !== undefined && TERMINAL.has(status);
