import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes this process trust the authority in addition to its other authorities. */
export const trustAuthority = async (caFile: string): Promise<void> => {
  setDefaultCACertificates([...getCACertificates('default'), await readFile(caFile, 'utf8')]);
};
