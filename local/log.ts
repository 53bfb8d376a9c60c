/** Where the stack tells its user what it does. Tests pass a silent one. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
}

export const consoleLog: Log = {
  info: (line) => console.log(line),
  warn: (line) => console.warn(line),
};

export const silentLog: Log = { info: () => {}, warn: () => {} };
