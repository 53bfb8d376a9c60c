/** Messages for the user of the stack. Tests pass a silent log. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
}

export const consoleLog: Log = {
  info: (line) => console.log(line),
  warn: (line) => console.warn(line),
};

export const silentLog: Log = { info: () => {}, warn: () => {} };
