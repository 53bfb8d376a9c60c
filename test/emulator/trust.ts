import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Lets this process trust what the authority signed, in addition to all that it trusts already. */
export const trustAuthority = async (caFile: string): Promise<void> => {
  setDefaultCACertificates([...getCACertificates('default'), await readFile(caFile, 'utf8')]);
};
