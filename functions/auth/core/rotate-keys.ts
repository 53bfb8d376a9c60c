import {
  activationOfNewKey,
  isRotationDue,
  retiredKeys,
  type SigningKeyMaker,
  type SigningKeyRepository,
} from './signing-keys.ts';

/** The dependencies of `rotateKeys`. */
export interface RotateKeysServices {
  signingKeys: SigningKeyRepository;
  keyMaker: SigningKeyMaker;
  now: () => Date;
}

/** Ids of the added and removed keys. */
export interface KeyRotation {
  added: string[];
  removed: string[];
}

/** Makes a new signing key when the newest is 30 days old, and removes keys whose tokens have all expired. */
export const rotateKeys = async ({
  signingKeys,
  keyMaker,
  now,
}: RotateKeysServices): Promise<KeyRotation> => {
  let rotation: KeyRotation = { added: [], removed: [] };
  await signingKeys.change(async (keys) => {
    const moment = now();
    const openable = keys.filter((key) => keyMaker.canOpen(key));
    const add = isRotationDue(openable, moment)
      ? [await keyMaker.make(moment, activationOfNewKey(openable, moment))]
      : [];
    const remove = retiredKeys(keys, moment).map((key) => key.kid);
    rotation = { added: add.map((key) => key.kid), removed: remove };
    return { add, remove };
  });
  return rotation;
};
