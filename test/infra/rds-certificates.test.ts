import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { prepareContainerDirectory } from '../../lib/build/container-directory.ts';
import { RDS_CERTIFICATES_FILE, workerDockerfile } from '../../lib/build/dockerfiles.ts';
import { rdsCertificateRegions, rdsCertificates } from '../../lib/build/rds-certificates.ts';

/** The regions enabled by default and the opt-in regions for which RDS publishes root certificates. */
const REGIONS =
  `af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
  eu-west-1 eu-west-2 eu-west-3 me-central-1 me-south-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2`.split(
    /\s+/,
  );

const certificates = rdsCertificates()
  .split(/(?<=-----END CERTIFICATE-----)\n/)
  .filter((pem) => pem !== '')
  .map((pem) => new X509Certificate(pem));

const prepareWorker = () =>
  prepareContainerDirectory({
    ...{ name: 'worker-certificates', entry: 'process/worker.task.ts' },
    dockerfile: workerDockerfile('x86_64'),
    files: { [RDS_CERTIFICATES_FILE]: rdsCertificates() },
  }).path;

describe('The certificates of RDS', () => {
  test('are the three roots of every region', () => {
    expect([...rdsCertificateRegions()].toSorted()).toEqual(REGIONS.toSorted());
    const names = certificates.map(({ subject }) => /CN=(?<name>.+)/.exec(subject)?.groups?.name);
    const wanted = REGIONS.flatMap((region) =>
      ['RSA2048', 'RSA4096', 'ECC384'].map((kind) => `Amazon RDS ${region} Root CA ${kind} G1`),
    );
    expect(names.toSorted()).toEqual(wanted.toSorted());
  });

  test('are self-signed roots that are valid for decades', () => {
    for (const certificate of certificates) {
      expect(certificate.ca, certificate.subject).toBe(true);
      expect(certificate.verify(certificate.publicKey), certificate.subject).toBe(true);
      expect(certificate.validToDate.getUTCFullYear(), certificate.subject).toBeGreaterThan(2060);
    }
  });

  test('are all loaded by Node without a warning', () => {
    const count = `console.log(require('node:tls').getCACertificates('extra').length)`;
    const run = spawnSync(process.execPath, ['-e', count], {
      env: { NODE_EXTRA_CA_CERTS: join(prepareWorker(), RDS_CERTIFICATES_FILE) },
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ status: 0, stderr: '', stdout: `${REGIONS.length * 3}\n` });
  });
});

describe('The worker’s image', () => {
  const before = process.umask();
  afterEach(() => process.umask(before));

  test('copies them from beside its Dockerfile and downloads none', () => {
    const dockerfile = workerDockerfile('x86_64');
    expect(dockerfile).toContain(`COPY ${RDS_CERTIFICATES_FILE} /etc/ssl/certs/${RDS_CERTIFICATES_FILE}\n`);
    expect(dockerfile).toContain(`ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/${RDS_CERTIFICATES_FILE}\n`);
    expect(dockerfile).not.toMatch(/^ADD/m);
    expect(readFileSync(join(prepareWorker(), RDS_CERTIFICATES_FILE), 'utf8')).toBe(rdsCertificates());
  });

  test('has files that its user may read, whatever the umask of the build machine', () => {
    process.umask(0o077);
    const files = ['index.mjs', RDS_CERTIFICATES_FILE].map((name) => join(prepareWorker(), name));
    for (const file of files) chmodSync(file, 0o600);
    prepareWorker();
    for (const file of files) expect(statSync(file).mode & 0o777, file).toBe(0o644);
  });
});
