import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The first Chromium on PATH. @throws Error where there is none */
const findChromium = (): string => {
  const directories = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => directories.map((directory) => join(directory, name))).find(
    isProgram,
  );
  if (found !== undefined) return found;
  throw new Error('There is no Chromium on PATH. On Debian: apt-get install chromium');
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Starts the Chromium of this machine, without a window. @throws Error where there is none */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    // Its own sandbox does not work as root, and it only sees pages of ours.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
