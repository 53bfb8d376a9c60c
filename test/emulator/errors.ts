/** The emulator, or a program that prepares it, failed to provide what the tests require. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
}
