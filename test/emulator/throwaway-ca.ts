import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** Long enough for a test run over a weekend. */
const DAYS = '7';

/** A certificate authority for one run, and a server certificate that it has signed. */
export interface ThrowawayCa {
  /** For NODE_EXTRA_CA_CERTS and AWS_CA_BUNDLE. */
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * Makes a certificate authority and a certificate for this machine's loopback addresses. The keys stay in `directory`,
 * readable only by this user. The authority's own key is not kept.
 * @throws EmulatorError if the command `openssl` is missing
 */
export const makeThrowawayCa = async (directory: string): Promise<ThrowawayCa> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(directory, name);
  const caKey = file('ca.key');
  const ca = { caFile: file('ca.pem'), certificateFile: file('server.pem'), keyFile: file('server.key') };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await runProgram('openssl', [
    ...['req', '-x509', ...newKey, '-keyout', caKey, '-out', ca.caFile, '-days', DAYS],
    ...['-subj', '/CN=Frame Flow throwaway CA'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
  ]);
  const request = file('server.csr');
  await runProgram('openssl', [
    ...['req', ...newKey, '-keyout', ca.keyFile, '-out', request, '-subj', '/CN=localhost'],
  ]);
  const extensions = file('server.ext');
  await writeFile(extensions, SERVER_EXTENSIONS);
  await runProgram('openssl', [
    ...['x509', '-req', '-in', request, '-CA', ca.caFile, '-CAkey', caKey, '-CAcreateserial'],
    ...['-out', ca.certificateFile, '-days', DAYS, '-extfile', extensions],
  ]);
  // The key is deleted, so nothing else can be signed with it.
  await writeFile(caKey, '');
  return ca;
};

const SERVER_EXTENSIONS = [
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature',
  'extendedKeyUsage=serverAuth',
  'subjectAltName=DNS:localhost,DNS:localhost.localstack.cloud,DNS:*.localhost.localstack.cloud,IP:127.0.0.1,IP:::1',
  '',
].join('\n');
