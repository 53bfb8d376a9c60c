/* The client's face for Node and browsers; what needs Node's own modules is in `node.ts`, sentences are in `next-steps.ts`. */
export { type Client, type ClientOptions, createClient, type SessionControl } from './create-client.ts';
export {
  type Download,
  type DownloadOptions,
  downloadZip,
  type IncrementalHash,
  type OpenOptions,
  type OpenZip,
  openZip,
} from './download-zip.ts';
export { type ClientCode, FrameFlowError, type FrameFlowErrorCode, hasCode } from './errors.ts';
export { allFrames, allVideos, type Frame, type Video } from './pages.ts';
export type { UploadForm } from './send-form.ts';
export { type MemoryTokens, memoryTokens, type TokenStore, type Tokens } from './tokens.ts';
export type { Fetch, Transport } from './transport.ts';
export type {
  AnswerOf,
  CallOptions,
  InputOf,
  KeyedCallOptions,
  Method,
  Methods,
  OperationId,
} from './types.ts';
export {
  type CreatedVideo,
  type SendOptions,
  sendFile,
  type UploadOptions,
  type UploadSource,
  uploadFile,
} from './upload-file.ts';
export { isDone, type WaitOptions, waitUntilDone } from './wait-until-done.ts';
