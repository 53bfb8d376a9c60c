/** The emulator, or one of the programs that prepare it, did not do what the tests stand on. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
}
