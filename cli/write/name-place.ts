import { CliError, fileError } from '../errors.ts';

const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};

/** A failed write names no file, or the part: the user knows the target. */
export const namePlace = (error: unknown, path: string): unknown => {
  if (error instanceof CliError || !(error instanceof Error && 'syscall' in error && 'code' in error))
    return error;
  const reason = FULL[String(error.code)];
  if (reason === undefined) return Object.assign(error, { path, dest: path });
  const sentence = `${path} cannot be written: ${reason}.`;
  return fileError(String(error.code), sentence, 'Free some space, or choose another place with -o.', error);
};
