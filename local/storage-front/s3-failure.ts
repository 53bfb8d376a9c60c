import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** An XML document with one element per entry, in order. */
export const xmlOf = (root: string, entries: Readonly<Record<string, string>>): string => {
  const children = Object.entries(entries).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${children.join('')}</${root}>`;
};

/** An S3 error with S3's code and status. */
export class S3Failure extends Error {
  readonly status: number;
  readonly code: string;
  /** Additional elements of the error's XML. */
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'S3Failure';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const accessDenied = (message: string): S3Failure => new S3Failure(403, 'AccessDenied', message);

/** Sends an XML document. Headers that are already set stay. */
export const sendXml = (response: ServerResponse, status: number, xml: string): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(xml) });
  response.end(xml);
};

/** Answers with the error in S3's form. */
export const sendFailure = (response: ServerResponse, failure: S3Failure): void => {
  const requestId = randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
  if (!response.headersSent) response.setHeader('x-amz-request-id', requestId);
  const { code, message, details, status } = failure;
  sendXml(
    response,
    status,
    xmlOf('Error', { Code: code, Message: message, ...details, RequestId: requestId }),
  );
};
