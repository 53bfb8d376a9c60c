import { isAbsolute, join } from 'node:path';

/** The folder for settings of this user, as the platform has it. */
export const configFolder = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string => {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'frame-flow');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'frame-flow');
  // A relative path is to be ignored (XDG Base Directory Specification).
  const configured = env.XDG_CONFIG_HOME ?? '';
  return join(isAbsolute(configured) ? configured : join(home, '.config'), 'frame-flow');
};
