/* All bodies of the HTTP contract, for clients. A function imports only its own part, to keep its bundle small. */
export * from './http/account.ts';
export * from './http/frames.ts';
export * from './http/health.ts';
export * from './http/video-path.ts';
export * from './http/videos.ts';
